/** A row of tabs, walked with the arrow keys. */
export function Tabs({
  tabs,
  chosen,
  choose,
}: {
  tabs: Readonly<Record<string, string>>;
  chosen: string;
  choose: (name: string) => void;
}) {
  const names = Object.keys(tabs);
  return (
    <div
      className="tabs"
      role="tablist"
      onKeyDown={(event) => {
        const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        const next = names[names.indexOf(chosen) + by];
        if (by === 0 || next === undefined) return;
        choose(next);
        event.currentTarget.querySelectorAll('button')[names.indexOf(next)]?.focus();
      }}
    >
      {names.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          aria-selected={name === chosen}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => choose(name)}
        >
          {tabs[name]}
        </button>
      ))}
    </div>
  );
}
