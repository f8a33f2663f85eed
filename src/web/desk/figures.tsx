// Figures side by side, each under its name: what a page wants to be seen first.

export function Figures({ items }: { items: readonly { name: string; value: string }[] }) {
  return (
    <dl class="figures">
      {items.map(({ name, value }) => <div key={name}><dt>{name}</dt><dd class="number">{value}</dd></div>)}
    </dl>
  )
}
