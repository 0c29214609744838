// A screen that everybody uses goes back to its beginning when nobody touches it any more.
const ALONE = 20_000; // milliseconds

// The board: a chime for every new call, once somebody at the screen has asked for it (browsers demand a press).
export function queue() {
  const shared = document.querySelector("[data-left-to]");
  if (shared) leaveWhenAlone(shared.dataset.leftTo);
  const turn = document.querySelector("[data-chime-switch]");
  if (!turn) return;
  let sound = null;
  turn.hidden = false;
  turn.addEventListener("click", () => {
    sound = sound ? null : new AudioContext();
    turn.setAttribute("aria-pressed", sound ? "true" : "false");
    if (sound) chime(sound);
  });
  let last = latest();
  document.addEventListener("htmx:afterSettle", () => {
    const now = latest();
    if (sound && now && now !== last) chime(sound);
    last = now;
  });
}

function leaveWhenAlone(address) {
  let waiting = 0;
  const again = () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => window.location.assign(address), ALONE);
  };
  for (const sign of ["pointerdown", "keydown", "scroll"]) document.addEventListener(sign, again, { passive: true });
  again();
}

function latest() {
  return document.querySelector("[data-chime]")?.dataset.chime ?? "";
}

function chime(sound) {
  [659, 523].forEach((pitch, place) => {
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    const start = sound.currentTime + place * 0.35;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.3, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.6);
    tone.connect(volume).connect(sound.destination);
    tone.start(start);
    tone.stop(start + 0.6);
  });
}
