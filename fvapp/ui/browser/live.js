// milliseconds to wait, after the socket was closed, before each request for a ticket that opens a new socket
const pauses = [1000, 3000, 10000, 30000];
const lingering = 5000; // milliseconds that the socket stays open for the next page of the visit
const asking = 3000; // milliseconds after which a request counts as lost
const moment = 50; // milliseconds between checks whether a script run has ended
const STATE = "data-test-connection-state"; // the state of Streamlit's own connection; see connection.py
const clicking = 150; // milliseconds without requests after a click, whose own script run draws the changes

let page = null; // the component's latest call: its data, and its function that sends a request
let socket = null;
let ticket = null;
let latest = 0;
let askedAt = -Infinity;
let clickedAt = -Infinity;
let restsUntil = -Infinity; // end of a pause in requests, as long as the last redraw, so that a slow page responds
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
  // check again: a request is lost if its part of the page is replaced
  later = setTimeout(askIfNew, wait > 0 ? wait : 2 * asking);
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

/** Request another ticket after a pause. Without a connection to Streamlit, request it when the page is next drawn. */
function reopen() {
  reopening ??= setTimeout(askForTicket, pauses[Math.min(tries++, pauses.length - 1)]);
}

function askForTicket() {
  reopening = null;
  if (!socket) ask(0);
}

/** Start over once Streamlit is connected: earlier failures do not count, and the old socket may be dead. */
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
    // measure again, once charts and pictures are drawn
    requestAnimationFrame(() => requestAnimationFrame(() => rest(asked)));
  }
  askedAt = -Infinity;
  if (page.data.ticket !== ticket) latest = 0; // the ticket may be for another workspace, which numbers its own changes
  document.title = page.data.title;
  if (page.data.ticket && page.data.ticket !== ticket) open();
  else if (ticket && !socket) reopen();
  if (first) say();
  askIfNew();
  return () => {
    if (page !== call) return; // the component may already have been called again
    page = null;
    say();
    leaving = setTimeout(() => {
      const left = socket;
      socket = ticket = null;
      left?.close();
    }, lingering);
  };
}
