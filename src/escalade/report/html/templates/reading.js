// Blocks: gzip in base 64, in elements that nothing runs. Each is unpacked when it is wanted, and a few are kept.

const KEPT = 12;
const unpacked = new Map();

async function unpack(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`this file lacks its part ${id}`);
  const bytes = Uint8Array.from(atob(element.textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function read(id) {
  let found = unpacked.get(id);
  if (found === undefined) {
    found = unpack(id);
    found.catch(() => unpacked.delete(id));
  }
  unpacked.delete(id); // the last used one goes to the end
  unpacked.set(id, found);
  if (unpacked.size > KEPT) unpacked.delete(unpacked.keys().next().value);
  return found;
}
