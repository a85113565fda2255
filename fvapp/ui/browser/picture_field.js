// Stands before a file field of Streamlit's: makes large pictures smaller before they are sent, and says what it refuses.

const LONGEST_SIDE = 1024; // pixels; the server keeps no more
const SMALL = 200_000; // bytes that are sent as they are
const LARGEST = 60_000_000; // bytes that are opened at all
const QUALITY = 0.92;

let call = null; // the latest one
let passing = false; // what we hand on comes to us again

const fieldOf = (target) => target instanceof Element && target.closest(call?.data.field);

/** Return a file the server can take. Throws the name of what is wrong. */
async function prepared(file) {
  if (file.size <= SMALL && call.data.types.includes(file.type)) return file; // the server says what it thinks of it
  if (file.size > LARGEST) throw "too_large";
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw "not_an_image";
  }
  const factor = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * factor));
  canvas.height = Math.max(1, Math.round(bitmap.height * factor));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // where it is transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw "not_an_image";
  return new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
}

function say(what) {
  const place = call.parentElement.querySelector("p");
  place.textContent = what ? call.data.words[what] : "";
  place.hidden = !what;
}

async function take(input, file) {
  say(null);
  try {
    const good = await prepared(file);
    const transfer = new DataTransfer();
    transfer.items.add(good);
    input.files = transfer.files;
    passing = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  } catch (wrong) {
    if (typeof wrong !== "string") throw wrong;
    input.value = ""; // the same file can be chosen again
    say(wrong);
  } finally {
    passing = false;
  }
}

// On the document and before React, which listens further in.
function onChange(event) {
  const input = event.target;
  if (passing || !fieldOf(input) || !input.files?.length) return;
  event.stopImmediatePropagation();
  take(input, input.files[0]);
}

function onDrop(event) {
  const field = fieldOf(event.target);
  const input = field?.querySelector('input[type="file"]');
  if (!input || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // The field has seen something come, and must see it go.
  event.target.dispatchEvent(new DragEvent("dragleave", { bubbles: true, cancelable: true }));
  take(input, event.dataTransfer.files[0]);
}

export default function (latest) {
  const begins = !call;
  call = latest;
  if (!latest.parentElement.querySelector("p")) {
    const place = document.createElement("p");
    place.setAttribute("role", "alert");
    place.hidden = true;
    latest.parentElement.append(place);
  }
  // Streamlit writes its own words in English: style sheets put these in their place.
  const field = document.querySelector(latest.data.field);
  field?.style.setProperty("--choose", JSON.stringify(latest.data.words.choose));
  field?.style.setProperty("--kinds", JSON.stringify(latest.data.words.kinds));
  if (begins) {
    document.addEventListener("change", onChange, true);
    document.addEventListener("drop", onDrop, true);
  }
  return () => {
    if (call !== latest) return; // the end of an earlier call may come after a later one
    document.removeEventListener("change", onChange, true);
    document.removeEventListener("drop", onDrop, true);
    call = null;
  };
}
