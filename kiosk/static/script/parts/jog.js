// A pad whose step is "as long as I press": the mill moves while a button is held, by finger or key, and stands still
// when it is let go, when the page loses sight, and, by the machine's own watch, when nothing comes through any more.
import { newKey } from "./key.js";
import { say, sayLost, sayRefusal } from "./refused.js";

const BEAT_MS = 100;
const PATIENCE_MS = 1000;
const MOST_OPEN = 3;
let held;

const at = () => document.querySelector("bike-machine").getAttribute("at");
const post = (act, fields, options) =>
  fetch(`${at()}/${act}`, { method: "POST", body: new URLSearchParams(fields), ...options });

// The button of a pad in this mode that an event is about.
function heldButton({ target }) {
  const button = target.closest?.("[data-jog]");
  return button?.form.elements.step_mm.value === "hold" ? button : undefined;
}

function begin(button) {
  end();
  if (button.getAttribute("aria-disabled") === "true") return;
  say("");
  const press = newKey();
  const now = { press, button, open: 0 };
  now.timer = setInterval(() => beat(now), BEAT_MS);
  held = now;
  button.dataset.pressed = "";
  beat(now);
}

async function beat(now) {
  if (!now.button.isConnected) return end();
  if (now.open >= MOST_OPEN) return;
  now.open += 1;
  try {
    const fields = { press: now.press, move: now.button.value };
    const answer = await post("tenir", fields, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status !== 204 && held === now) {
      end();
      await sayRefusal(answer);
    }
  } catch {
    if (held === now) {
      end();
      sayLost();
    }
  } finally {
    now.open -= 1;
  }
}

function end() {
  if (!held) return;
  const { press, button, timer } = held;
  held = undefined;
  clearInterval(timer);
  delete button.dataset.pressed;
  post("lacher", { press }, { keepalive: true }).catch(sayLost);
}

document.addEventListener("pointerdown", (event) => {
  const button = event.button === 0 && heldButton(event);
  if (!button) return;
  button.setPointerCapture(event.pointerId);
  begin(button);
});
document.addEventListener("keydown", (event) => {
  const button = (event.key === "Enter" || event.key === " ") && heldButton(event);
  if (!button) return;
  event.preventDefault(); // no click of its own
  if (!event.repeat) begin(button);
});
document.addEventListener("click", (event) => heldButton(event) && event.preventDefault());
document.addEventListener("contextmenu", (event) => heldButton(event) && event.preventDefault());
for (const over of ["pointerup", "pointercancel", "lostpointercapture", "keyup", "visibilitychange"]) {
  document.addEventListener(over, end, true);
}
for (const over of ["blur", "pagehide"]) addEventListener(over, end);
