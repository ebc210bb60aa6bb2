// Sends the forms of a child's pages again and again until the bike has answered. Their key makes twice the same as
// once, so a Wi-Fi hole or a restart loses nothing; links wait for the bike, too, instead of leaving an empty page.
//   deliver(address, body, onShare): the answer {status, url, text}, however long it takes.
const AGAIN_MS = 2000;
const SILENCE_MS = 12000;
const LATER = new Set([0, 502, 503, 504]);
const waiting = document.querySelector("[data-waiting]");

export async function deliver(address, body, onShare) {
  for (;;) {
    const answer = await attempt(address, body, onShare);
    waiting.hidden = !LATER.has(answer.status);
    if (waiting.hidden) return answer;
    await pause();
  }
}

// fetch tells no upload progress; status 0 means that nobody answered.
function attempt(address, body, onShare) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    let timer;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), SILENCE_MS);
    };
    request.upload.onprogress = (now) => {
      alive();
      onShare?.(now.loaded / now.total);
    };
    request.onprogress = alive;
    request.onloadend = () => {
      clearTimeout(timer);
      resolve({ status: request.status, url: request.responseURL, text: request.responseText });
    };
    request.open("POST", address);
    alive();
    request.send(body);
  });
}

const pause = () => new Promise((resolve) => setTimeout(resolve, AGAIN_MS));

async function submitted(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || !document.body.matches(".participant")) return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  const plain = form.enctype !== "multipart/form-data";
  grey(form, true);
  const answer = await deliver(form.action, plain ? new URLSearchParams(data) : data);
  if (answer.status < 400) return location.assign(answer.url);
  grey(form, false);
  if (form.isConnected) form.submit(); // the same answer once more, as a page
  else location.reload();
}

function grey(form, now) {
  for (const button of form.elements) if (button.matches("button")) button.disabled = now;
}

async function followed(event) {
  const link = event.target.closest?.("a[href]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (event.defaultPrevented || !link || !plain || link.target || link.origin !== location.origin) return;
  if (link.hash || !document.body.matches(".participant")) return;
  event.preventDefault();
  while (!(await reachable())) {
    waiting.hidden = false;
    await pause();
  }
  waiting.hidden = true;
  location.assign(link.href);
}

async function reachable() {
  try {
    return (await fetch("/generate_204", { cache: "no-store", signal: AbortSignal.timeout(SILENCE_MS) })).ok;
  } catch {
    return false; // nobody answered: asked again
  }
}

document.addEventListener("submit", submitted);
document.addEventListener("click", followed);
// A page that the browser kept comes back as it was left: with its buttons grey.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  waiting.hidden = true;
  for (const form of document.forms) grey(form, false);
});
