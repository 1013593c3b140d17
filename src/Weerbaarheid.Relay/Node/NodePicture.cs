using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Node;

/// <summary>A node's own state at one moment, for pages.</summary>
/// <param name="Site">Who it is.</param>
/// <param name="Status">The core's own state.</param>
/// <param name="At">The moment.</param>
/// <param name="IsDemonstration">Whether it runs on the published keys.</param>
/// <param name="Store">How its store is doing.</param>
internal sealed record NodePicture(Site Site, RelayStatus Status, Instant At, bool IsDemonstration, StoreHealth Store);
