"""One word for one thing: what the catalogues of each language must not call by a second name.

tests/test_catalogues.py holds them to it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A row of the table.

    Attributes:
        use: what to write.
        never: what not to write, as a regular expression.
        such_as: a text that breaks the rule.
        where: the keys it holds for, as a regular expression from the start of the key.
        unless: the keys where the other word is right, in the same way.
    """

    use: str
    never: str
    such_as: str
    where: str = ""
    unless: str = "(?!)"

    def broken_in(self, texts: Iterable[tuple[str, str]]) -> dict[str, str]:
        return {k: text for k, text in texts if self.holds_for(k) and re.search(self.never, shown(text))}

    def holds_for(self, key: str) -> bool:
        return bool(re.match(self.where, key)) and not re.match(self.unless, key)


# What a visitor uploads, draws or photographs is a picture; what a network learns from and sees is an image.
UPLOADED = r"errors\.(not_an_image|image_)|draw\.|preparation\.steps\.photo|glossary\.page"

TERMS: dict[str, tuple[Term, ...]] = {
    "en": (
        Term("run, as a noun", r"(?i)\btrainings\b", "Two trainings with the same seed"),
        Term(
            "run, as a noun",
            r"(?i)\b(?:an?|one|two|this|that|each|every|another|your|saved) training\b"
            r"(?! (?:images?|accuracy|loss|set|step|data|programs?|process)\b)",
            "This saved training cannot be continued.",
        ),
        Term("image", r"(?i)\bpictures?\b", "The pictures the network learns from.", unless=UPLOADED),
        Term("probability", r"(?i)\bshares\b|\b(?:big|bigg?est|this|small|ten) shares?\b", "It gives ten shares."),
        Term("chance", r"(?i)\bnoise\b|\bscatters?\b|\banother seed changes\b", "Less than noise."),
        Term("per epoch", r"(?i)\b(?:times?|seconds?|s) (?:for )?an epoch\b", "Seconds an epoch"),
        Term("Dense network", r"(?i)\blayers of neurons\b", "Layers of neurons"),
        Term("student", r"(?i)\b(?:pupils?|visitors?)\b|\banother person\b|\bsomebody else\b", "A pupil's own image"),
        Term("trousers", r"(?i)\btrouser\b", "An image shows a trouser."),
        Term("notebook", r"(?i)\bclassroom notebook\b", "The classroom notebook"),
        Term("new images", r"(?i)\b(?:unseen|never seen)\b", "Images it has never seen"),
        Term(
            "save, load, download",
            r"(?i)\b(?:bring|brings|brought|take|taken) (?:\w+ ){0,3}(?:back|away|with you)\b|\bkept runs?\b",
            "Bring back a run file",
        ),
        Term(
            "recovery code",
            r"(?i)(?<!recovery )\bcodes?\b",
            "Show my code",
            where=r"workspace\.|errors\.(?:limit_codes|unknown_code)",
        ),
        Term("output neurons", r"(?i)\b(?:five|ten|12|two|few|many) outputs\b", "Five outputs for ten classes"),
        Term(
            "per cent",
            r"(?i)accuracy (?:of|is|was|about) (?:about )?0\.\d",
            "An accuracy of 0.89",
            unless=r"settings\.target_value",
        ),
        Term("pair", r"(?i)\bgroups?\b", "A link for each group", where=r"teacher\.|missions\."),
        Term("marks from the table", r"(?i)\bmissions \d|\b1 to (?:8|10)\b(?!,)", "The missions are A, B and 1 to 10."),
        Term("training program", r"(?i)\btraining process|\bworkers?\b", "Workers"),
        Term("percentage points", r"(?i)\bpercentage points? (?:fewer|less|more)\b", "2 percentage points fewer"),
        Term(
            "plain English",
            r"(?i)\banew\b|\ball the same\b|\bturn it round\b|\b(?:nobody|who) (?:can|could) (?:tell|see|say)\b"
            r"|\bwhoever\b|\bit goes on by itself\b|\bof yours\b",
            "The app was started anew meanwhile.",
        ),
    ),
    "zh-Hans": (
        Term("一次训练", r"个训练(?!记录|程序)", "最多 3 个训练同时排队"),
        Term("图片", r"图像", "这些图像从未见过"),
        Term("概率", r"[个的]比例", "网络给出的十个比例", where=r"missions\.|draw\.|export\.|charts\."),
        Term("加权和", r"十个和|[正负]的和|，和也|算出的和", "输入大，和也大"),
        Term("随机波动", r"偶然|噪声|随机的波动", "没有超出偶然"),
        Term("轮、轮数", r"轮次", "最佳轮次"),
        Term("训练程序", r"训练进程", "训练进程"),
        Term("随机种子", r"颗种子", "三十颗种子"),
        Term("瞎猜", r"乱猜", "95% 比乱猜好吗？"),
        Term("全连接网络", r"一层层(?:的)?神经元", "由一层层神经元组成的网络"),
        Term("学生", r"访客|用户", "每位访客"),
        Term("Notebook", r"笔记本", "与课堂笔记本相同"),
        Term("保存、载入、下载", r"带走|带回|找回", "模型可以带走，但不能带回"),
        Term("恢复码", r"代码", "显示我的代码", where=r"workspace\.|errors\.(?:limit_codes|unknown_code)"),
        Term("作品", r"作业", "用恢复码打开作业", where=r"workspace\.|errors\."),
        Term("输出神经元", r"(?:[两五十]|\d ?|\} ?)个输出(?!神经元)", "十个类别，五个输出"),
        Term("百分数", r"准确率(?:约|是|为)+ ?0\.\d", "测试准确率约为 0.88"),
        Term("早停", r"耐心轮数", "耐心轮数"),
        Term("学习单", r"工作纸|教师专页", "下载工作纸"),
        Term("网络内部", r"看里面(?!的)|网络里面", "打开“看里面”页"),
        Term("电脑", r"计算机", "在计算机看来"),
        Term("有把握", r"(?:最|很|非常|多|这么|每种)确定", "它最确定的错误"),
        Term("表里的任务编号", r"任务(?:从)? ?\d+ 到|1 到 (?:8|10)[^0-9,]", "任务有 A、B 和 1 到 10。"),
        Term("自然的中文", r"不了问题|多少以上|我是另一个人|诚实的答案|以 Keras 的", "训练以 Keras 的这个错误结束"),
    ),
    "zh-Hant": (
        Term("一次訓練", r"個訓練(?!記錄|程式)", "最多 3 個訓練同時排隊"),
        Term("圖片", r"圖像", "這些圖像從未見過"),
        Term("概率", r"[個的]比例", "網絡給出的十個比例", where=r"missions\.|draw\.|export\.|charts\."),
        Term("加權和", r"十個和|[正負]的和|，和也|算出的和", "輸入大，和也大"),
        Term("隨機波動", r"偶然|噪聲|雜訊|隨機的波動", "沒有超出偶然"),
        Term("輪、輪數", r"輪次", "最佳輪次"),
        Term("訓練程式", r"訓練進程|訓練程序", "訓練程序"),
        Term("隨機種子", r"顆種子", "三十顆種子"),
        Term("想像", r"想象", "想象有一個網絡"),
        Term("全連接網絡", r"一層層(?:的)?神經元", "由一層層神經元組成的網絡"),
        Term("學生", r"訪客|用戶", "每位訪客"),
        Term("Notebook", r"筆記本", "與課堂筆記本相同"),
        Term("儲存、載入、下載", r"帶走|帶回|找回|保存", "模型可以帶走，但不能帶回"),
        Term("復原碼", r"代碼|恢復碼", "顯示我的代碼"),
        Term("作品", r"作業", "用復原碼打開作業", where=r"workspace\.|errors\."),
        Term("輸出神經元", r"(?:[兩五十]|\d ?|\} ?)個輸出(?!神經元)", "十個類別，五個輸出"),
        Term("百分數", r"準確率(?:約|是|為)+ ?0\.\d", "測試準確率約為 0.88"),
        Term("應用程式", r"應用(?!程式)|(?<!應用)程式的(?:資料夾|檔案)", "請重新安裝應用"),
        Term("裏", r"[裡里]", "課堂 Notebook 里說"),
        Term("網絡內部", r"看裏面(?!的)|網絡裏面", "開啟「看裏面」頁"),
        Term("電腦", r"計算機", "在計算機看來"),
        Term("有把握", r"(?:最|很|非常|多|這麼|每種)確定", "它最確定的錯誤"),
        Term("設定", r"設置", "同樣的設置"),
        Term("提早", r"提前", "會提前結束"),
        Term("量度", r"測量", "測量速度"),
        Term("箭嘴", r"箭頭", "用箭頭相連"),
        Term("橫條", r"條形", "按一下某根條形"),
        Term("表裏的任務編號", r"任務(?:由)? ?\d+ 至|1 至 (?:8|10)[^0-9,]", "任務有 A、B 和 1 至 10。"),
        Term("愈", r"越", "訓練得愈久，網絡就越好嗎？"),
        Term("周", r"[一繞]週", "箭頭繞了一週"),
        Term("函數", r"函式", "回呼函式"),
        Term("部", r"台(?:電腦|機器)", "這台電腦上"),
        Term("數目", r"(?:參數|神經元)個數", "參數個數"),
        Term("灰階", r"灰度", "小的灰度圖片"),
        # What is written in other places and not in Hong Kong's schools.
        Term(
            "香港用語",
            r"包包|運行|調用|上傳|榜單|[單雙點]擊|嵌套|自帶|識別|默認|信息|屏幕|視頻|鼠標|文件夾|打印|菜單|軟件|缺省"
            r"|網路|機率|資料集|帳號",
            "把圖片上傳",
        ),
    ),
}


def shown(text: str) -> str:
    """Return a text without the names of its placeholders, which nobody reads."""
    return re.sub(r"\{\w+\}", "{}", text)
