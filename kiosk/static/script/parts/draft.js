// Drafts: what a child has made so far survives a reload, a Wi-Fi hole and a restart, until forgetDrafts().
//   [data-draft=NAME] on a field keeps it by itself; [data-forget] on a page wipes every draft.
//   saveDraft(name, value), loadDraft(name), dropDraft(name), forgetDrafts() keep anything else: text, objects, chosen files.
// Words stay in localStorage, which is written before the page can go; the rest in IndexedDB, which holds files.
const PREFIX = "draft:";
const STORE = "drafts";
const FORGET = document.querySelector("[data-forget]");

export async function saveDraft(name, value) {
  if (typeof value !== "string") {
    try {
      localStorage.removeItem(PREFIX + name);
      return await ask("readwrite", (drafts) => drafts.put(value, name));
    } catch (error) {
      console.warn("No database for drafts here; what can be written as text is kept.", error);
    }
  }
  if (!(value instanceof Blob)) keep(PREFIX + name, JSON.stringify(value));
}

export async function loadDraft(name) {
  await forgotten;
  const text = localStorage.getItem(PREFIX + name);
  if (text !== null) return JSON.parse(text);
  try {
    return await ask("readonly", (drafts) => drafts.get(name));
  } catch {
    return undefined; // without a database nothing was kept there
  }
}

// Only what was kept as words.
export function dropDraft(name) {
  localStorage.removeItem(PREFIX + name);
}

export async function forgetDrafts() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  }
  try {
    await ask("readwrite", (drafts) => drafts.clear());
  } catch {
    return; // without a database nothing was kept there
  }
}

export async function hasDrafts() {
  if (Object.keys(localStorage).some((name) => name.startsWith(PREFIX))) return true;
  try {
    return (await ask("readonly", (drafts) => drafts.count())) > 0;
  } catch {
    return false; // without a database nothing was kept there
  }
}

let opening;

function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("dipbike", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function ask(mode, question) {
  const transaction = (await database()).transaction(STORE, mode);
  const request = question(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

function keep(name, text) {
  try {
    localStorage.setItem(name, text);
  } catch (error) {
    console.warn("No room for this draft.", error);
  }
}

const ticked = (field) => field.type === "checkbox" || field.type === "radio";

function restore(field) {
  const text = localStorage.getItem(`${PREFIX}field:${field.dataset.draft}`);
  if (text === null || field.disabled) return;
  if (ticked(field)) field.checked = field.type === "radio" ? field.value === text : text === "true";
  else if (!field.value || field.type === "range" || field.tagName === "SELECT") field.value = text;
  else return;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function note({ target }) {
  if (!target.dataset?.draft) return;
  const text = target.type === "checkbox" ? String(target.checked) : target.value;
  keep(`${PREFIX}field:${target.dataset.draft}`, text);
}

const forgotten = FORGET ? forgetDrafts() : Promise.resolve();
// After the other parts have been set up, so that they hear of what comes back.
queueMicrotask(() => {
  document.addEventListener("input", note);
  for (const field of document.querySelectorAll("[data-draft]")) restore(field);
});
