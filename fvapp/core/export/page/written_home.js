// Starts the take-home file of a text network. As on the app's page, the writer's styles apply only to the writer.

const root = document.getElementById("writer").attachShadow({ mode: "open" });
root.append(document.getElementById("writer-style").content);
start(node("div", "writer", root), JSON.parse(document.getElementById("data").textContent));
document.querySelector("main").hidden = false;
document.documentElement.classList.add("awake");
