// A group of cards, at most one of them chosen. The group is a single tab stop. Each press is reported with its time.

export default function ({ data, parentElement, setStateValue }) {
  const group = parentElement.querySelector(".cards") ?? node("div", "cards", parentElement);
  group.role = "radiogroup";
  group.ariaLabel = data.label;
  const names = Object.keys(data.cards);

  const choose = (chosen) => {
    for (const card of group.children) card.ariaChecked = String(card.name === chosen);
    if (group.contains(group.getRootNode().activeElement)) return;
    const first = [...group.children].find((card) => card.name === chosen) ?? group.querySelector(":enabled");
    for (const card of group.children) card.tabIndex = card === first ? 0 : -1;
  };

  while (group.children.length > names.length) group.lastChild.remove();
  names.forEach((name, index) => {
    let card = group.children[index];
    if (!card) {
      card = Object.assign(button("card", group), { role: "radio" });
      node("span", "label", card);
      node("span", "short", card);
    }
    card.name = name;
    card.style.setProperty("--card", `var(--card-${name})`);
    // allows a line break in a Chinese label
    card.querySelector(".label").textContent = data.cards[name].label.replace("的", "的\u200b");
    card.querySelector(".short").textContent = data.cards[name].short;
    card.disabled = data.off.includes(name);
    card.onkeydown = (event) => goByArrow(event, group, index);
    card.onclick = () => {
      group.pressed = Date.now();
      choose(name);
      setStateValue("pressed", { name, at: group.pressed });
    };
  });
  if (data.seen >= (group.pressed ?? 0)) choose(data.chosen); // ignore a choice older than the latest press
}
