// The file of one network of text: it writes on. Its elements keep their style to themselves, as on the app's page.

const root = document.getElementById("writer").attachShadow({ mode: "open" });
root.append(document.getElementById("writer-style").content);
start(node("div", "writer", root), JSON.parse(document.getElementById("data").textContent));
document.querySelector("main").hidden = false;
document.documentElement.classList.add("awake");
