using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weerbaarheid.Relay.Commands;

/// <summary>JSON on one line, for programs that read line by line.</summary>
internal static class JsonLine
{
    /// <summary>Letters with accents stay readable; the output goes to no page.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object.</summary>
    /// <param name="fields">Writes its fields.</param>
    public static string Object(Action<Utf8JsonWriter> fields) => Encoding.UTF8.GetString(ObjectBytes(fields));

    /// <summary>As <see cref="Object"/>, in UTF-8.</summary>
    public static byte[] ObjectBytes(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
