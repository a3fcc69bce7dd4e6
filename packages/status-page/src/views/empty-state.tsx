export function EmptyState() {
  return (
    <section class="empty card">
      <h2>No services yet</h2>
      <p>
        Add one: <code>clarityctl add examples/text-tools</code>
      </p>
    </section>
  );
}
