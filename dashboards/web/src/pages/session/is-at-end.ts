/** Pixels before the end at which the next page is asked for. */
const MARGIN = 600;

/** Whether a box that scrolls is near the end of what it holds. */
export function isAtEnd({ scrollTop, clientHeight, scrollHeight }: Element): boolean {
  return scrollTop + clientHeight >= scrollHeight - MARGIN;
}
