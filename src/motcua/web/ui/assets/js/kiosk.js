// A self-service screen: who types stays, who went away is asked, and then everything of them is wiped.
const WARNS = 60; // seconds between the question and the end
const TELLS = 30_000; // milliseconds between two words to the server that somebody is here

export function kiosk() {
  const warning = document.getElementById("kiosk-warning");
  const end = document.getElementById("kiosk-end");
  if (!warning || !end) return;
  const quiet = Math.max(Number(warning.dataset.idle) - WARNS, 20) * 1000;
  const shown = warning.querySelector("[data-seconds]");
  let waiting = 0;
  let counting = 0;
  let told = Date.now();
  const again = () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, quiet);
    if (Date.now() - told > TELLS) {
      told = Date.now();
      fetch(warning.dataset.here, { credentials: "same-origin" }).catch(() => {});
    }
  };
  const ask = () => {
    let left = WARNS;
    shown.textContent = left;
    warning.showModal();
    counting = window.setInterval(() => {
      left -= 1;
      shown.textContent = left;
      if (left <= 0) end.requestSubmit();
    }, 1000);
  };
  const stay = () => {
    window.clearInterval(counting);
    again();
  };
  warning.addEventListener("close", stay);
  warning.querySelector("[data-stay]").addEventListener("click", () => warning.close());
  for (const sign of ["pointerdown", "keydown", "scroll", "input"]) {
    document.addEventListener(sign, () => { if (!warning.open) again(); }, { passive: true });
  }
  again();
}
