/** Keeps one processor busy with nothing, until its parent is gone. */
process.on('disconnect', () => process.exit())

/** Milliseconds between two looks at the parent. */
const TURN = 20

function turn(): void {
  const end = performance.now() + TURN
  while (performance.now() < end);
  setImmediate(turn)
}

turn()
