// Holds scripts of Streamlit's page back until the page is drawn: it has its title once it is known who is here, a
// skeleton stands for an element whose code is on its way, and none for a canvas. Why: see the Python file beside it.
function holdBack(names, folder) {
  if (window.fvappPageDrawn) return;
  const find = (selector) => [...document.querySelectorAll(selector)];
  let before = -1;
  window.fvappPageDrawn = new Promise((resolve) => {
    const look = () => {
      const skeletons = find("[data-testid=stSkeleton]").length;
      const isCanvas = (each) => each.shadowRoot?.querySelector("canvas");
      const ready = !find(".st-key-canvas").length || find("[data-testid=stBidiComponentIsolated]").some(isCanvas);
      const titled = find("[data-test-script-state=notRunning]").length && find(".stMain h1").length;
      if (titled && ready && skeletons === before) (window.requestIdleCallback ?? setTimeout)(resolve, { timeout: 500 });
      else setTimeout(look, 50);
      before = skeletons;
    };
    look();
    setTimeout(resolve, 20000);
  });
  const late = (name) => `await window.fvappPageDrawn; export default (await import("${folder + name}")).default;`;
  const inPlace = names.map((name) => [folder + name, "data:text/javascript," + encodeURIComponent(late(name))]);
  const textContent = JSON.stringify({ scopes: { [folder]: Object.fromEntries(inPlace) } });
  document.head.append(Object.assign(document.createElement("script"), { type: "importmap", textContent }));
}
