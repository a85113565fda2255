// A field for one file, or for the camera. The chosen, dropped or photographed file is sent once, in base64.

const LONGEST_SIDE = 1024; // pixels; the server keeps no larger pictures
const SMALL = 200_000; // bytes; smaller pictures are sent unchanged
const QUALITY = 0.92;

/** Return a picture from a file or the camera, as a file that the server accepts. */
async function smaller(source, accept) {
  // A small picture is sent unchanged; the server checks the file.
  if (source.size <= SMALL && accept.split(",").includes(source.type)) return source;
  const bitmap = await createImageBitmap(source, { imageOrientation: "from-image" });
  const factor = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * factor));
  canvas.height = Math.max(1, Math.round(bitmap.height * factor));
  const context = canvas.getContext("2d");
  // the background for transparent pixels, chosen in the same way as on the server
  context.fillStyle = isLight(bitmap) ? "black" : "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}

/** Return whether the opaque pixels of a picture are lighter than 190 of 255 on average. */
function isLight(bitmap) {
  const context = Object.assign(document.createElement("canvas"), { width: 64, height: 64 }).getContext("2d");
  context.drawImage(bitmap, 0, 0, 64, 64);
  const pixels = context.getImageData(0, 0, 64, 64).data;
  let [light, opaque] = [0, 0];
  for (let at = 0; at < pixels.length; at += 4) {
    opaque += pixels[at + 3];
    light += (0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2]) * pixels[at + 3];
  }
  return light > 190 * opaque;
}

const asBase64 = (blob) =>
  new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",")[1] ?? "");
    reader.onerror = fail;
    reader.readAsDataURL(blob);
  });

async function take(source, field) {
  const { data, setTriggerValue } = field.call;
  const send = (content) => setTriggerValue("sent", { id: `${Date.now()} ${Math.random()}`, content });
  const refuse = (why) => {
    say(field, why);
    if (data.picture) send(""); // clear the server's message on the previous file
  };
  say(field, "");
  field.chosen.textContent = source.name ?? "";
  if (source.size > data.most) return refuse(data.words.too_large);
  if (source.size === 0) return refuse(data.words.unreadable);
  field.setAttribute("aria-busy", "true");
  try {
    send(await asBase64(data.picture ? await smaller(source, data.accept) : source));
  } catch {
    refuse(data.words.unreadable);
  } finally {
    field.removeAttribute("aria-busy");
  }
}

function say(field, what) {
  Object.assign(field.refused, { textContent: what, hidden: !what });
}

function build(parent, { camera, picture }) {
  const field = node("div", "field", parent);
  if (camera) {
    field.video = node("video", "", field);
    field.video.muted = field.video.playsInline = field.video.autoplay = true;
    field.shoot = button("choose", field, "", () => take(field.video, field));
  } else {
    field.name = node("div", "name", field);
    const zone = node("div", "zone", field);
    field.choose = input(field, zone);
    if (picture) {
      field.photo = input(field, zone, "photo");
      field.photo.input.setAttribute("capture", "environment");
    }
    field.drop = node("span", "drop", zone);
    const mark = (over) => (event) => {
      event.preventDefault();
      zone.classList.toggle("over", over);
    };
    zone.ondragover = mark(true);
    zone.ondragleave = mark(false);
    zone.ondrop = (event) => {
      mark(false)(event);
      if (event.dataTransfer.files.length) take(event.dataTransfer.files[0], field);
    };
  }
  field.chosen = node("div", "chosen", field);
  field.refused = Object.assign(node("p", "", field), { role: "alert", hidden: true });
  return field;
}

function input(field, zone, name = "") {
  const label = node("label", `choose ${name}`, zone);
  label.words = node("span", "", label);
  label.input = Object.assign(node("input", "", label), { type: "file" });
  label.input.onchange = () => {
    const [file] = label.input.files;
    if (file) take(file, field);
    label.input.value = ""; // allows choosing the same file again
  };
  return label;
}

function watch(field) {
  const { video, shoot, call } = field;
  shoot.disabled = true;
  video.onplaying = () => (shoot.disabled = false);
  const asked = navigator.mediaDevices?.getUserMedia({ video: { facingMode: "environment" } });
  const given = Promise.resolve(asked ?? Promise.reject());
  given.then(
    (stream) => (video.srcObject = stream),
    () => field.call === call && say(field, call.data.words.unreadable),
  );
  return () => given.then((stream) => stream.getTracks().forEach((track) => track.stop()), () => {});
}

export default function (call) {
  const { data, parentElement } = call;
  const field = parentElement.querySelector(".field") ?? build(parentElement, data);
  field.call = call;
  if (data.camera) {
    field.video.setAttribute("aria-label", data.label);
    field.shoot.textContent = data.words.photo;
    return watch(field);
  }
  field.name.textContent = data.picture ? data.label : "";
  field.drop.textContent = data.words.drop;
  for (const [label, words] of [[field.choose, data.words.choose], [field.photo, data.words.photo]]) {
    if (!label) continue;
    label.words.textContent = words;
    label.input.accept = data.accept;
    label.input.setAttribute("aria-label", `${data.label}: ${words}`);
  }
}
