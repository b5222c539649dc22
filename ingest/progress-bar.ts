import { Presets, SingleBar } from 'cli-progress';

export interface ProgressBar {
  /** `total` 0 means that nobody knows. */
  show(value: number, total: number, text: string): void;
  stop(): void;
}

/** Characters of the bar itself. */
const BAR = 25;
const LINE_EVERY_MS = 1_000;

/** How far sending has come: a bar on a terminal, else plain lines, at most one a second and the last. */
export function progressBar(label: string, unit: string, stream: NodeJS.WriteStream): ProgressBar {
  return stream.isTTY ? terminalBar(label, unit, stream) : lines(label, unit, stream);
}

function terminalBar(label: string, unit: string, stream: NodeJS.WriteStream): ProgressBar {
  let bar: SingleBar | undefined;
  return {
    show: (value, total, text) => {
      const taken = label.length + BAR + unit.length + 2 * String(Math.max(total, value)).length + 8;
      const payload = { text: text.slice(0, Math.max(0, stream.columns - taken)) };
      if (bar) return bar.update(value, payload);
      const scale = total > 0 ? '{bar} {value}/{total}' : '{value}';
      const format = `${label} ${scale} ${unit}  {text}`;
      // Wrapping lines and the cursor stay as they are: nothing would put them back after a Ctrl-C.
      bar = new SingleBar({ stream, format, barsize: BAR, linewrap: true }, Presets.shades_classic);
      bar.start(Math.max(total, value), value, payload);
    },
    stop: () => bar?.stop(),
  };
}

function lines(label: string, unit: string, stream: NodeJS.WritableStream): ProgressBar {
  let latest = '';
  let written = '';
  let writtenAt = performance.now();
  const write = () => {
    if (latest === written) return;
    written = latest;
    writtenAt = performance.now();
    stream.write(latest);
  };
  return {
    show: (value, total, text) => {
      latest = `${label}: ${value}${total > 0 ? `/${total}` : ''} ${unit}  ${text}\n`;
      if (performance.now() - writtenAt >= LINE_EVERY_MS) write();
    },
    stop: write,
  };
}
