using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Broker;

/// <summary>Says in public what was refused and why: the only way to tell a client of MQTT 3.1.1, or one that publishes with QoS 0.</summary>
internal sealed class Rejections(Func<ReadOnlyMemory<byte>, ValueTask> publish, TimeProvider time, ILogger logger)
{
    private const int MaxTopic = 256;
    private const int MaxErrors = 32;
    private const int LinesPerMinute = 60;
    private const string NotLogged = " (further refusals in this minute are not logged)";

    /// <summary>Topics that may stand in the log; of any other a client chose the words.</summary>
    private static readonly HashSet<string> IntakeTopics = [.. new[] { "melding", "hulpvraag", "hulpaanbod", "status", "bulletin", "amend" }.Select(type => Topics.In + type)];

    private long _minute;
    private int _lines;

    /// <summary>The word for a refusal in an entry.</summary>
    public static string Word(Refusal refusal) => refusal switch
    {
        Refusal.Invalid => "invalid",
        Refusal.NotAllowed => "notAllowed",
        Refusal.Full => "full",
        _ => "storeFailed",
    };

    /// <summary>Publishes an entry and logs it.</summary>
    public ValueTask ReportAsync(string topic, string clientId, string reason, IReadOnlyList<string> errors)
    {
        Log(topic, clientId, reason, errors);
        return publish(Entry(Cut(topic), clientId, reason, errors, time.GetUtcNow()));
    }

    /// <summary>Notes a refusal that its client cannot be told.</summary>
    public void NoteUntold(string clientId)
    {
        if (MayLog(out _)) logger.RefusalUntold(Pseudonym.Of(clientId));
    }

    /// <summary>Notes that somebody was not let in, or put out.</summary>
    public void NoteTurnedAway(string who, string why)
    {
        if (MayLog(out var isLast))
            logger.TurnedAway(Printable(Cut(who)), Printable(why), isLast ? NotLogged : "");
    }

    /// <summary>As much of a stranger's text as is worth keeping.</summary>
    public static string Cut(string text) => text.Length <= MaxTopic ? text : text[..MaxTopic];

    private static byte[] Entry(string topic, string clientId, string reason, IReadOnlyList<string> errors, DateTimeOffset at)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("topic", topic);
        json.WriteString("clientId", Cut(clientId));
        json.WriteString("reason", reason);
        json.WriteStartArray("errors");
        foreach (var error in errors.Take(MaxErrors)) json.WriteStringValue(error);
        json.WriteEndArray();
        json.WriteString("at", at);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A flood of refusals must not fill the disk with its log: after some lines in a minute the rest goes unwritten.</summary>
    private void Log(string topic, string clientId, string reason, IReadOnlyList<string> errors)
    {
        if (!MayLog(out var isLast)) return;
        logger.Refused(reason, Pseudonym.Of(clientId), IntakeTopics.Contains(topic) ? topic : "a topic of its own", isLast ? NotLogged : "");
        if (logger.IsEnabled(LogLevel.Debug)) logger.RefusedInFull(Printable(clientId), Printable(Cut(topic)), Printable(Cut(errors.Count > 0 ? errors[0] : "")));
    }

    private bool MayLog(out bool isLast)
    {
        var minute = (long)time.GetElapsedTime(0, time.GetTimestamp()).TotalMinutes;
        if (Interlocked.Exchange(ref _minute, minute) != minute) Volatile.Write(ref _lines, 0);
        var line = Interlocked.Increment(ref _lines);
        isLast = line == LinesPerMinute;
        return line <= LinesPerMinute;
    }

    /// <summary>A stranger's text must not write lines of its own in the log.</summary>
    private static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
