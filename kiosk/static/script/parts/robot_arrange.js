// What can be done with a chosen block by the buttons below, so that no drag is needed.
const before = (block) => block.previousConnection?.targetBlock();

// Which buttons are of no use now.
export function arrange(bench, block) {
  const none = !block || block.isInFlyout;
  const step = !none && block.previousConnection;
  return {
    up: !step || !before(block)?.previousConnection,
    down: !step || !(block.getNextBlock() || block.getSurroundParent()),
    copy: !step,
    remove: none || !block.isDeletable(),
  };
}

// Up: before the one above, or out of the block that holds it.
export function up(block) {
  const above = before(block);
  const holder = above.nextConnection?.targetBlock() === block ? undefined : above;
  const inside = !holder && above.inputList.filter((input) => input.connection).at(-1)?.connection;
  block.unplug(true);
  if (inside) hangLast(inside, block);
  else insertBefore(holder ?? above, block);
}

// Down: after the one below, into it if it holds others, or out of the block that holds this one.
export function down(block) {
  const below = block.getNextBlock();
  const holder = block.getSurroundParent();
  block.unplug(true);
  const inside = below?.inputList.find((input) => input.connection)?.connection;
  const place = inside ?? (below ?? holder).nextConnection;
  place.connect(block.previousConnection);
}

function insertBefore(block, moved) {
  block.previousConnection.targetConnection.connect(moved.previousConnection);
}

// As the last one within.
function hangLast(connection, moved) {
  let place = connection;
  while (place.targetBlock()) place = place.targetBlock().nextConnection;
  place.connect(moved.previousConnection);
}
