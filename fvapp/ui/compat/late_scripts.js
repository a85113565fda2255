/* Holds back scripts of Streamlit's page until the page is drawn: until it has its title and its canvas, and the number
   of skeletons (placeholders for elements whose code is still loading) no longer changes. The Python file beside this
   one gives the reason. A new page is hidden until then, as each element moves those below it when its code arrives. */
function holdBack(names, folder) {
  if (window.fvappPageDrawn) return;
  const textHidden = ":is(.st-key-pages, .st-key-content:has(h1)) { visibility: hidden; }";
  const hidden = Object.assign(document.createElement("style"), { textContent: textHidden });
  if (document.readyState === "loading") document.head.append(hidden);
  const find = (selector) => [...document.querySelectorAll(selector)];
  let [before, same, titledAt] = [-1, 0, Infinity];
  window.fvappPageDrawn = new Promise((resolve) => {
    const look = () => {
      const skeletons = find("[data-testid=stSkeleton]").length;
      const isCanvas = (each) => each.shadowRoot?.querySelector("canvas");
      const ready = !find(".st-key-canvas").length || find("[data-testid=stBidiComponentIsolated]").some(isCanvas);
      if (find(".stMain h1").length) titledAt = Math.min(titledAt, performance.now());
      const titled = find("[data-test-script-state=notRunning]").length && titledAt < Infinity;
      same = titled && ready && skeletons === before ? same + 1 : 0;
      before = skeletons;
      if (same < 3 && performance.now() < titledAt + 6000) return setTimeout(look, 50);
      hidden.remove();
      (window.requestIdleCallback ?? setTimeout)(resolve, { timeout: 500 });
    };
    look();
    setTimeout(resolve, 20000);
  });
  const late = (name) => `await window.fvappPageDrawn; export default (await import("${folder + name}")).default;`;
  const inPlace = names.map((name) => [folder + name, "data:text/javascript," + encodeURIComponent(late(name))]);
  const textContent = JSON.stringify({ scopes: { [folder]: Object.fromEntries(inPlace) } });
  document.head.append(Object.assign(document.createElement("script"), { type: "importmap", textContent }));
}
