using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weerbaarheid.Relay.Reports;

/// <summary>Writes JSON to bytes, with Dutch letters as they are.</summary>
internal static class JsonBytes
{
    // Safe here: the documents go to MQTT and to files, and what goes into a page is escaped there.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options)) write(json);
        return buffer.WrittenSpan.ToArray();
    }
}
