using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <content>
/// Nothing expires before its time. At its origin age is time with power, and a life that begins goes on from the last commit of the one
/// before, so that it can only lag; anywhere else it is not more than the time that really passed.
/// </content>
internal sealed partial class Witness
{
    /// <summary>A client may be told, and a commit seen, a moment after the age began.</summary>
    private static readonly TimeSpan AgeMargin = TimeSpan.FromSeconds(1);

    /// <summary>How much faster a clock of a scenario may run.</summary>
    private const double MostDrift = 0.001;

    private readonly Dictionary<EnvelopeKey, (MessageType Type, TimeSpan At, TimeSpan On, int Bound)> _made = [];
    private readonly Dictionary<ushort, List<EnvelopeKey>> _expired = [];

    /// <summary>A message is on the disk of the site where it was made, for the first time.</summary>
    private void Made(SimulatedNode node, NodeBooks books, StoredEnvelope envelope)
    {
        if (envelope.Delivered) books.Bound++;
        _made[envelope.Key] = (envelope.Header.Type, clock.Now, books.OnUntil(clock.Now), books.Bound);
        if (!envelope.Delivered) return;
        CheckReference(node, books, envelope);
    }

    /// <summary>Written out here, so that a rule that changes is noticed.</summary>
    private static TimeSpan LifetimeOf(MessageType type) => type switch
    {
        MessageType.Hulpvraag or MessageType.Hulpaanbod => TimeSpan.FromHours(24),
        MessageType.Status => TimeSpan.FromHours(6),
        MessageType.Sitrap => TimeSpan.FromHours(2),
        MessageType.Bulletin => TimeSpan.FromHours(Texts.BulletinHours),
        _ => TimeSpan.FromDays(7),
    };

    private void NoteExpired(EnvelopeKey key, Fate fate)
    {
        if (fate.ExpiredAt is null && !_expired.TryAdd(key.Origin, [key])) _expired[key.Origin].Add(key);
        fate.ExpiredAt = clock.Now;
    }

    private void CheckAge(SimulatedNode node, StoreChange.SetProgress progress)
    {
        if (!_made.TryGetValue(progress.Key, out var made) || !IsExpiry(node, progress, made.Type)) return;
        var lifetime = LifetimeOf(made.Type);
        var isOwn = progress.Key.Origin == node.Site.Id;
        var age = isOwn ? (BooksOf(node).OnUntil(clock.Now) - made.On) * node.Pace : (clock.Now - made.At) * (1 + MostDrift);
        if (age + AgeMargin < lifetime)
            Broken($"site {node.Site.Id} let {progress.Key} ({made.Type}) expire after {Clock.Text(age)}; {Clock.Text(lifetime)} are promised", node.Site.Id, progress.Key);
    }

    /// <summary>Records say that they expired. A bulletin leaves for no other reason, and a state that was made here and not passed on neither.</summary>
    private static bool IsExpiry(SimulatedNode node, StoreChange.SetProgress progress, MessageType type) => progress.State == MessageState.Vervallen
        || (!progress.Custody && progress.State == MessageState.Opgeslagen && (type == MessageType.Bulletin || (progress.Key.Series == Series.States && progress.Key.Origin == node.Site.Id)));
}
