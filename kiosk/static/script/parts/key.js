// A new idempotency key for a form whose object has changed; plain HTTP knows no randomUUID.
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
