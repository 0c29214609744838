// Files: drop them or choose them; each goes at once and shows how far it has come.
// <form data-drop> with one <input type=file>: sent by this script, then the answer replaces [data-drop-target] (or the page is read again).
export function files() {
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest?.("[data-drop]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("is-over", kind === "dragover");
      if (kind === "drop") send(zone, event.dataTransfer.files);
    });
  }
  document.addEventListener("change", (event) => {
    const zone = event.target.closest("[data-drop]");
    if (!zone && event.target.matches('input[type="file"]')) say(event.target);
    if (zone && event.target.matches('input[type="file"]')) send(zone, event.target.files);
  });
}

function say(input) {
  const names = document.getElementById(`${input.id}-names`);
  if (names) names.textContent = [...input.files].map((file) => file.name).join(", ");
}

function send(form, list) {
  const input = form.querySelector('input[type="file"]');
  const body = new FormData(form);
  body.delete(input.name);
  for (const file of list) body.append(input.name, file);
  const bar = form.querySelector("progress") ?? form.appendChild(document.createElement("progress"));
  const words = form.querySelector("[data-drop-words]");
  bar.hidden = false;
  bar.max = 1;
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", (event) => {
    bar.value = event.loaded / event.total;
    if (words) words.textContent = `Đang gửi ${Math.round(bar.value * 100)}%`;
  });
  request.addEventListener("load", () => {
    bar.hidden = true;
    const away = request.getResponseHeader("HX-Redirect");
    const target = request.status < 400 ? form.dataset.dropTarget : "#messages";
    const place = target && document.querySelector(target);
    if (away) window.location.assign(away);
    else if (place && request.responseText) window.htmx.swap(target, request.responseText, { swapStyle: request.status < 400 ? "outerHTML" : "innerHTML" });
    else window.location.reload();
    if (words) words.textContent = "";
  });
  request.addEventListener("error", () => {
    bar.hidden = true;
    if (words) words.textContent = "Chưa gửi được: kiểm tra mạng rồi thử lại.";
  });
  request.send(body);
}
