using System.Text.Json;
using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>A store that could not be used any more, and what became of it.</summary>
/// <param name="At">Wall clock when it was put aside; for people only.</param>
/// <param name="Reason">Why.</param>
/// <param name="Folder">Where it lies now.</param>
/// <param name="IsForeign">Whether it was another program's; then it is never deleted.</param>
/// <param name="Salvaged">Envelopes that were read out of it whole.</param>
/// <param name="Unreadable">Rows that were not whole; what a damaged page holds is not counted.</param>
internal sealed record StoreLoss(DateTimeOffset At, string Reason, string Folder, bool IsForeign = false, int Salvaged = 0, int Unreadable = 0)
{
    private const string Note = "why.json";

    /// <summary>Bytes of a note: a reason is a few sentences.</summary>
    private const int LargestNote = 64 * 1024;

    /// <summary>Reads the note in a folder; null when there is none that can be read.</summary>
    public static StoreLoss? Read(string folder)
    {
        if (SmallFile.Read(Path.Combine(folder, Note), LargestNote) is not { } bytes) return null;
        try
        {
            using var note = JsonDocument.Parse(bytes);
            var json = note.RootElement;
            return new StoreLoss(
                json.GetProperty("at").GetDateTimeOffset(), json.GetProperty("reason").GetString() ?? "", folder,
                json.GetProperty("foreign").GetBoolean(), json.GetProperty("salvaged").GetInt32(), json.GetProperty("unreadable").GetInt32());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Leaves a note beside it, for people and for the next start. Without it nothing is lost but the story.</summary>
    public void Write()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("at", At);
            json.WriteString("reason", Reason);
            json.WriteBoolean("foreign", IsForeign);
            json.WriteNumber("salvaged", Salvaged);
            json.WriteNumber("unreadable", Unreadable);
            json.WriteEndObject();
        }

        try
        {
            File.WriteAllBytes(Path.Combine(Folder, Note), bytes.ToArray());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk is no reason not to start.
        }
    }
}
