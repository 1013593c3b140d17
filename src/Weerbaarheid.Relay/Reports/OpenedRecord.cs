using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Reports;

/// <summary>A record as it lies in the store, opened.</summary>
/// <param name="Envelope">Its envelope, with how far it has come.</param>
/// <param name="Message">What it says; null when this version, or this site's keys, cannot read it.</param>
internal sealed record OpenedRecord(StoredEnvelope Envelope, Message? Message);
