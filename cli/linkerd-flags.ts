/**
 * Command lines written for `linkerd` and `namerd`, as ours: one dash before flags (`-validate`, `-log.level=DEBUG`),
 * and flags of the JVM's libraries (`-com.twitter.finagle.…=…`), which mean nothing here and are dropped.
 */
export function fromLinkerdFlags(argv: readonly string[]): string[] {
  const [command, ...rest] = argv;
  if (command === undefined || !processes.has(command)) return [...argv];
  const end = rest.indexOf('--');
  const flags = end < 0 ? rest : rest.slice(0, end);
  return [command, ...flags.flatMap(translated), ...rest.slice(flags.length)];
}

const processes = new Set(['linker', 'namerd']);

function translated(word: string): string[] {
  if (/^-(com|io)\.[\w.]+/.test(word)) return [];
  const [, name, value = ''] = /^-(validate|help|log\.level)(=.*)?$/.exec(word) ?? [];
  return name === undefined ? [word] : [`--${name.replace('.', '-')}${value}`];
}
