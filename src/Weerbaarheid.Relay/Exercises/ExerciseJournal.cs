using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Exercises;

/// <summary>
/// Keeps what happens during an exercise. The loop only puts notes into a bounded queue; who writes them to disk, and looks into frames, is
/// <see cref="RunAsync"/> beside it. What does not fit in the queue is left out and counted: an exercise never holds up a melding.
/// </summary>
internal sealed class ExerciseJournal(ExerciseBook book, KeyRing keys, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>Notes that may wait for the disk.</summary>
    public const int Waiting = 8_192;

    /// <summary>What may be lost of a journal by a power cut.</summary>
    private static readonly TimeSpan SyncPause = TimeSpan.FromSeconds(1);

    private readonly Channel<Note> _notes = Channel.CreateBounded<Note>(new BoundedChannelOptions(Waiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Dictionary<ushort, ulong> _gaps = [];
    private KeyRing? _reading;
    private int _told;
    private string[] _links = [];
    private (string? Link, ushort? Site) _way;
    private long _lost;

    /// <summary>A line, and of a frame what is still to be read out of it.</summary>
    private sealed record Note(int Exercise, JournalLine Line, ReadOnlyMemory<byte> Frame, FrameForm Form);

    /// <summary>A record was committed here. Only the loop calls this and the next ones.</summary>
    public void Committed(StoredEnvelope envelope, in Instant at)
    {
        if (book.Current is not { } exercise || envelope.Key.Series != Series.Records) return;
        Put(exercise, Line(at, JournalEvents.Message) with
        {
            Id = envelope.Key.ToString(),
            Site = envelope.Key.Origin,
            Type = MessageDocument.NameOf(envelope.Header.Type),
            Priority = envelope.Header.Priority,
            Kind = envelope.Header.Exercise.ToString().ToLowerInvariant(),
            State = MessageDocument.NameOf(envelope.State),
            Age = (long)Math.Max(0, (at.Now - envelope.BornAt).TotalMilliseconds),
        });
    }

    /// <summary>A record came a step further.</summary>
    public void Progressed(EnvelopeKey key, MessageState state, in Instant at)
    {
        if (book.Current is { } exercise && key.Series == Series.Records) Put(exercise, Line(at, JournalEvents.Progress) with { Id = key.ToString(), State = MessageDocument.NameOf(state) });
    }

    /// <summary>A link took a frame.</summary>
    public void Sent(LinkDescription link, OutgoingFrame frame, in Instant at)
    {
        if (book.Current is not { } exercise) return;
        var air = link.Air is { } known ? (long)known.TimeOnAir(frame.Bytes.Length).TotalMicroseconds : (long?)null;
        Put(exercise, Line(at, JournalEvents.Send) with { Link = link.Name, Bytes = frame.Bytes.Length, Air = air }, frame.Bytes, link.Form);
    }

    /// <summary>The node's own state, as it is published: what changed in it is noted.</summary>
    public void Observe(RelayStatus status, in Instant at)
    {
        if (book.Current is not { } exercise) return;
        if (_told != exercise.Number)
        {
            (_told, _links, _way) = (exercise.Number, new string[status.Links.Count], default);
            _gaps.Clear();
            Put(exercise, Line(at, JournalEvents.Begins));
            Put(exercise, WayLine(status, at));
            _way = (status.WayUp, status.NextSite);
        }

        for (var i = 0; i < status.Links.Count && i < _links.Length; i++) ObserveLink(exercise, status.Links[i], i, at);
        if (_way != (status.WayUp, status.NextSite)) Put(exercise, WayLine(status, at));
        _way = (status.WayUp, status.NextSite);
        foreach (var origin in status.Origins)
        {
            if (_gaps.GetValueOrDefault(origin.Site) == origin.Missing) continue;
            _gaps[origin.Site] = origin.Missing;
            var gaps = string.Join(", ", origin.Gaps.Select(gap => gap.First == gap.Last ? Sequence.NameOf(gap.First) : $"{Sequence.NameOf(gap.First)}-{Sequence.NameOf(gap.Last)}"));
            Put(exercise, Line(at, JournalEvents.Gaps) with { Site = origin.Site, Missing = (long)origin.Missing, Gaps = gaps });
        }
    }

    /// <summary>The exercise is over. Safe from any thread.</summary>
    public void Ended(ExerciseEntry exercise, in Instant at) => Put(exercise, Line(at, JournalEvents.Ends));

    /// <summary>Writes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var isBroken = false;
        while (await _notes.Reader.WaitToReadAsync(cancellationToken))
        {
            try
            {
                WriteWaiting();
                isBroken = false;
            }
            catch (IOException e)
            {
                if (!isBroken) log.JournalFailed(e.Message);
                isBroken = true;
            }

            await Task.Delay(SyncPause, time, cancellationToken);
        }
    }

    /// <summary>Writes all that waits; one thread at a time.</summary>
    /// <exception cref="IOException">The disk said no; what it was about is lost and will be counted.</exception>
    public void WriteWaiting()
    {
        lock (_notes)
        {
            JournalFile? file = null;
            var exercise = 0;
            try
            {
                for (var left = Waiting; left > 0 && _notes.Reader.TryRead(out var note); left--)
                {
                    if (note.Exercise != exercise)
                    {
                        Close(file);
                        (file, exercise) = (new JournalFile(book.Folder, note.Exercise), note.Exercise);
                    }

                    if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost) file!.Append(note.Line with { Event = JournalEvents.Lost, Missing = lost });
                    file!.Append(note.Frame.IsEmpty ? note.Line : note.Line with { Ids = RecordsIn(note.Frame, note.Form) });
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Interlocked.Increment(ref _lost);
                file?.Dispose();
                throw e as IOException ?? new IOException(e.Message, e);
            }

            Close(file);
        }
    }

    public void Dispose() => _reading?.Dispose();

    private static void Close(JournalFile? file)
    {
        file?.Sync();
        file?.Dispose();
    }

    private static JournalLine Line(in Instant at, string what) => new(0, (long)at.Now.TotalMilliseconds, at.Wall, what);

    private static JournalLine WayLine(RelayStatus status, in Instant at) => Line(at, JournalEvents.Way) with { Link = status.WayUp, Site = status.NextSite };

    private void ObserveLink(ExerciseEntry exercise, LinkStatus link, int place, in Instant at)
    {
        var state = link.Up ? "up" : $"down: {link.DownReason}";
        if (_links[place] == state) return;
        _links[place] = state;
        Put(exercise, Line(at, JournalEvents.Link) with { Link = link.Name, Up = link.Up, Reason = link.Up || link.DownReason.Length == 0 ? null : link.DownReason });
    }

    private void Put(ExerciseEntry exercise, JournalLine line, ReadOnlyMemory<byte> frame = default, FrameForm form = default)
    {
        if (!_notes.Writer.TryWrite(new Note(exercise.Number, line, frame, form))) Interlocked.Increment(ref _lost);
    }

    private List<string> RecordsIn(ReadOnlyMemory<byte> frame, FrameForm form)
    {
        var ids = new List<string>();
        _reading ??= keys.ForReading();
        if (FrameReader.TryOpen(_reading, form, frame.Span, out var reader) != FrameOutcome.Opened)
        {
            // An epoch that began since.
            _reading.Dispose();
            _reading = keys.ForReading();
            if (FrameReader.TryOpen(_reading, form, frame.Span, out reader) != FrameOutcome.Opened) return ids;
        }

        while (reader.Next() is var item and not (FrameItem.End or FrameItem.Unreadable))
        {
            if (item == FrameItem.Envelope && EnvelopeHeader.TryRead(reader.Envelope, out var header) && header.Series == Series.Records) ids.Add($"{header.Origin}-{header.SequenceLow}");
        }

        return ids;
    }
}
