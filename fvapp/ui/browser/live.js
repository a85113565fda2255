const pauses = [1000, 3000, 10000, 30000]; // before each new ticket is asked for, when the socket was closed
const lingering = 5000; // the next page of a visit takes the socket over
const asking = 3000; // after which an ask counts as lost
const moment = 50; // until the next look where a script run is under way
const STATE = "data-test-connection-state"; // of Streamlit's own connection; see connection.py
const clicking = 150; // a click starts a script run, which draws by itself what it changed

let page = null; // the mounted part: its data, and the way to ask
let socket = null;
let ticket = null;
let latest = 0;
let askedAt = -Infinity;
let clickedAt = -Infinity;
let restsUntil = -Infinity; // the page is left alone for as long as it took to be drawn: a slow one can still move
let tries = 0;
let leaving = null;
let reopening = null;
let later = null;

for (const kind of ["pointerup", "keydown", "change"]) {
  addEventListener(kind, () => (clickedAt = performance.now()), true);
}
document.addEventListener("visibilitychange", () => {
  say();
  if (!document.hidden) askIfNew();
});

function ask(value) {
  if (!page) return;
  askedAt = performance.now();
  page.setTriggerValue("changed", value);
}

function askIfNew() {
  clearTimeout(later);
  if (!page || document.hidden || latest <= page.data.drawn) return;
  const now = performance.now();
  const wait = Math.max(askedAt + asking - now, clickedAt + clicking - now, restsUntil - now, atRest() ? 0 : moment);
  if (wait <= 0) ask(latest);
  later = setTimeout(askIfNew, wait > 0 ? wait : 2 * asking); // lost where the part was replaced meanwhile
}

function rest(asked) {
  restsUntil = 2 * performance.now() - asked;
}

function say() {
  if (socket?.readyState === WebSocket.OPEN) socket.send(page && !document.hidden ? "visible" : "hidden");
}

function open() {
  ticket = page.data.ticket;
  const opened = new WebSocket(new URL("live", document.baseURI).href.replace(/^http/, "ws"));
  socket?.close();
  socket = opened;
  opened.onopen = () => {
    opened.send(page?.data.ticket ?? ticket);
    say();
  };
  opened.onmessage = (event) => {
    tries = 0;
    latest = Math.max(latest, Number(event.data) || 0);
    askIfNew();
  };
  opened.onclose = () => {
    if (socket !== opened) return;
    socket = null;
    reopen();
  };
}

/** Ask for another ticket in a while. If Streamlit is not connected by then, the page asks once it has been drawn again. */
function reopen() {
  reopening ??= setTimeout(askForTicket, pauses[Math.min(tries++, pauses.length - 1)]);
}

function askForTicket() {
  reopening = null;
  if (!socket) ask(0);
}

/** Begin again once there is a connection: tries without one do not count, and a socket from before may be dead. */
function comeBack() {
  if (connection && connection.getAttribute(STATE) !== "CONNECTED") return;
  clearTimeout(reopening);
  tries = 0;
  const before = socket;
  socket = null;
  before?.close();
  if (ticket) askForTicket();
}

const connection = document.querySelector(`[${STATE}]`);
if (connection) new MutationObserver(comeBack).observe(connection, { attributeFilter: [STATE] });
addEventListener("online", comeBack);

export default function (call) {
  const first = !page;
  page = call;
  clearTimeout(leaving);
  if (askedAt > 0) {
    const asked = askedAt;
    rest(asked);
    requestAnimationFrame(() => requestAnimationFrame(() => rest(asked))); // charts and pictures are drawn by then
  }
  askedAt = -Infinity;
  if (page.data.ticket !== ticket) latest = 0; // of another workspace perhaps, whose versions say nothing of this one
  document.title = page.data.title;
  if (page.data.ticket && page.data.ticket !== ticket) open();
  else if (ticket && !socket) reopen();
  if (first) say();
  askIfNew();
  return () => {
    if (page !== call) return; // the end of an earlier call may come after a later one
    page = null;
    say();
    leaving = setTimeout(() => {
      const left = socket;
      socket = ticket = null;
      left?.close();
    }, lingering);
  };
}
