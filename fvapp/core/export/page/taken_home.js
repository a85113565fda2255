// The file of one network: it answers what is drawn, and where it can, it goes on learning.

words = JSON.parse(find("#words").textContent);
begin(new Network(data.network), data.names);
for (const name of ["tests", "mistakes"]) {
  const { pixels, labels } = data[name] ?? { pixels: "", labels: [] };
  offer(find(`.${name} .thumbs`), { images: bytesOf(pixels), labels });
}
find("main").hidden = false;
document.documentElement.classList.add("awake");
if (data.drawing.length) paper.replay(data.drawing, words.whose);
else if (!find(".tests").hidden) find(".tests button:last-child").click(); // an answer to begin with
else paper.clear();

const knownSets = () => ({ [data.set]: data }); // of images, of which an opened file may be

if (data.teach) {
  const teacher = new Teacher(), classes = network.steps.at(-1).bias.length;
  Object.assign(teacher, { examples: readExamples(data.examples, classes), taught: readTaught(data.taught) });
  teacher.bind();
  teacher.provide(data.teach);
}
