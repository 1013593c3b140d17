using System.Threading.Channels;
using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Observing;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Node;

/// <summary>What stands beside the loop and is told what happens, without ever making it wait.</summary>
/// <param name="Measures">Figures.</param>
/// <param name="Traces">Spans.</param>
/// <param name="Journal">The journal of the exercise.</param>
/// <param name="Erasures">What people want erased.</param>
/// <param name="Papers">What people released; it goes with what is old.</param>
/// <param name="RetentionDays">Days that records out of custody are kept; null for no limit of time.</param>
internal sealed record LoopSurroundings(NodeMeasures Measures, RecordTraces Traces, ExerciseJournal Journal, ChannelReader<ErasureOrder> Erasures, SitrapArchive Papers, int? RetentionDays);
