// A sound made here and a shake of the phone; browsers allow both only once a person has touched the page.
const TUNES = { alarm: [880, 660, 880, 660], care: [660] };
const NOTE_S = 0.18;
const SHAKES = { alarm: [250, 120, 250, 120, 250], care: [180] };
const QUIET = "quiet";
const WAKES_MS = 10000; // a busy phone takes its time, and one that nobody has touched does not wake at all
const ASLEEP_MS = 500;
let context;

for (const touch of ["pointerup", "click", "keydown"]) addEventListener(touch, wake, { capture: true, passive: true });

function wake() {
  context ??= new AudioContext();
  if (context.state !== "running") context.resume().catch(() => {}); // the next touch tries again
}

export const isQuiet = () => localStorage.getItem(QUIET) === "yes";
export const beQuiet = (quiet) => localStorage.setItem(QUIET, quiet ? "yes" : "no");

// Resolves to whether it could be heard.
export async function chime(tone) {
  if (isQuiet()) return true;
  const touched = navigator.userActivation?.hasBeenActive;
  if (touched ?? true) navigator.vibrate?.(SHAKES[tone]);
  if (touched ?? context) wake();
  if (!context) return false;
  if (context.state !== "running") await Promise.race([context.resume(), after(touched ? WAKES_MS : ASLEEP_MS)]);
  if (context.state !== "running") return false;
  TUNES[tone].forEach((hz, number) => note(hz, context.currentTime + number * NOTE_S * 1.3));
  return true;
}

const after = (ms) => new Promise((over) => setTimeout(over, ms));

function note(hz, at) {
  const [voice, volume] = [context.createOscillator(), context.createGain()];
  voice.frequency.value = hz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.4, at + 0.02);
  volume.gain.linearRampToValueAtTime(0, at + NOTE_S);
  voice.connect(volume).connect(context.destination);
  voice.start(at);
  voice.stop(at + NOTE_S);
}
