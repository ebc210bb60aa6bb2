// <bike-machine>: sends a machine's forms without leaving the page, greys a button until it is answered, and keeps
// what was chosen while its region is redrawn.
import { say, sayLost, sayRefusal } from "./refused.js";

const PATIENCE_MS = 30000; // a board that was just reset takes its time
const isGrey = (button) => button?.getAttribute("aria-disabled") === "true";
const chosen = new Map();
const ticks = new Set();

class BikeMachine extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.submitted(event));
    this.addEventListener("input", ({ target }) => keep(target));
    for (const region of this.querySelectorAll("[data-live]")) {
      new MutationObserver(() => restore(region)).observe(region, { childList: true });
    }
    restore(this);
  }

  async submitted(event) {
    const { target: form, submitter } = event;
    event.preventDefault();
    event.stopPropagation(); // answered here, so nothing else need grey it
    if (isGrey(submitter)) return;
    const body = new URLSearchParams(new FormData(form, submitter));
    const greyed = [...form.querySelectorAll("button")].filter((button) => !isGrey(button));
    for (const button of greyed) button.setAttribute("aria-disabled", "true");
    say("");
    await order(submitter?.getAttribute("formaction") ?? form.getAttribute("action"), body);
    for (const button of greyed) button.removeAttribute("aria-disabled");
  }
}

// What is done answers with the way back to this page, which shows it already.
async function order(address, body) {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(address, { method: "POST", body, redirect: "manual", signal });
    if (answer.type !== "opaqueredirect" && !answer.ok) await sayRefusal(answer);
  } catch {
    sayLost(); // said to the person, who looks at the machine
  }
}

function keep(field) {
  if (!field.id) return;
  if (field.type === "radio") for (const other of field.form.elements[field.name]) chosen.delete(other.id);
  if (field.type === "checkbox") ticks.add(field.id);
  chosen.set(field.id, field.type === "checkbox" || field.type === "radio" ? field.checked : field.value);
}

// A tick is for the list that it was made in: what comes again after an arming or a new outline is looked at again.
function forgetTicks() {
  for (const id of ticks) {
    if (document.getElementById(id)) continue;
    ticks.delete(id);
    chosen.delete(id);
  }
}

function restore(region) {
  forgetTicks();
  for (const part of region.querySelectorAll("[data-scripted]")) part.hidden = false;
  for (const field of region.querySelectorAll("input[id]")) {
    const value = chosen.get(field.id);
    if (value === undefined) continue;
    if (typeof value === "boolean") field.checked = value;
    else field.value = value;
  }
}

customElements.define("bike-machine", BikeMachine);
