using System.Text;
using System.Text.Json;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Commands;

/// <summary>JSON on one line, for programs that read line by line.</summary>
internal static class JsonLine
{
    /// <summary>One object.</summary>
    /// <param name="fields">Writes its fields.</param>
    public static string Object(Action<Utf8JsonWriter> fields) => Encoding.UTF8.GetString(ObjectBytes(fields));

    /// <summary>As <see cref="Object"/>, in UTF-8.</summary>
    public static byte[] ObjectBytes(Action<Utf8JsonWriter> fields) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        fields(json);
        json.WriteEndObject();
    });
}
