// Mounts the writer of core/export/page, in which a network continues text. The text stays when the network changes.

export default function ({ data, parentElement, setTriggerValue }) {
  const shown = parentElement.querySelector(".writer");
  if (shown?.name === data.name) {
    if (shown.version !== data.version) shown.take(data.network);
    shown.version = data.version;
    return;
  }
  shown?.remove();
  const root = Object.assign(node("div", "writer", parentElement), { name: data.name, version: data.version });
  root.take = start(root, data);
  if (data.send) button("send", root, data.send).onclick = () => setTriggerValue("line", root.written());
}
