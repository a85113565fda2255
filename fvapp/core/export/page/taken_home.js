// The take-home file of one network, which classifies drawings and, where possible, goes on learning.

words = JSON.parse(find("#words").textContent);
begin(new Network(data.network), data.names);
for (const name of ["tests", "mistakes"]) {
  const { pixels, labels } = data[name] ?? { pixels: "", labels: [] };
  offer(find(`.${name} .thumbs`), { images: bytesOf(pixels), labels });
}
find("main").hidden = false;
document.documentElement.classList.add("awake");
if (data.drawing.length) paper.replay(data.drawing, words.whose);
else if (!find(".tests").hidden) find(".tests button:last-child").click(); // begin with the answer to a test image
else paper.clear();

const knownSets = () => ({ [data.set]: data }); // the sets of images that an opened file may belong to

if (data.teach) {
  const teacher = new Teacher(), classes = network.steps.at(-1).bias.length;
  Object.assign(teacher, { examples: readExamples(data.examples, classes), taught: readTaught(data.taught) });
  teacher.bind();
  teacher.provide(data.teach);
}
