using System.Globalization;
using System.Security.Cryptography;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests.Frames;
using Weerbaarheid.Relay.Wire.Tests.Json;
using Weerbaarheid.Relay.Wire.Tests.Messages;
using Weerbaarheid.Relay.Wire.Tests.Sealing;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Tests.Golden;

/// <summary>
/// A change that breaks one of these breaks every node that is out there. The vectors were checked once against an
/// implementation of FORMAT.md in Python (cryptography 48), and hold for any other.
/// </summary>
public sealed class GoldenVectorTests
{
    [Fact]
    public void There_is_a_vector_of_every_type() =>
        Assert.Equal(Enum.GetValues<MessageType>(), Vectors.Envelopes.Select(vector => MessageOf(vector).Type).Distinct().Order());

    [Fact]
    public void Every_message_encodes_and_seals_to_its_vector()
    {
        using var keys = KeyRing.Demonstration();
        foreach (var vector in Vectors.Envelopes)
        {
            var message = MessageOf(vector);
            Assert.Equal(vector.Body, Convert.ToHexStringLower(MessageCodecTests.Encode(message)));
            if (message is Bulletin or Revocation) continue;
            Assert.True(EnvelopeHeader.TryRead(Convert.FromHexString(vector.Envelope), out var header));
            Assert.Equal(vector.Envelope, Convert.ToHexStringLower(EnvelopeTests.Seal(keys, message, vector.Origin, vector.Sequence, header.Mode == SealMode.Clear, header.Life is not null)));
        }
    }

    [Fact]
    public void Every_vector_opens_and_reads_as_its_message()
    {
        using var keys = KeyRing.Demonstration();
        foreach (var vector in Vectors.Envelopes)
        {
            var expected = MessageOf(vector);
            Assert.Equal(OpenOutcome.Opened, EnvelopeTests.Open(keys, Convert.FromHexString(vector.Envelope), vector.Sequence, out var message));
            Same.Message(expected, message);
            Assert.Equal(vector.Json, MessageJsonTests.Write(message!).Replace("\\u00E9", "é", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_demonstration_keys_are_the_ones_that_are_published()
    {
        Assert.Equal(Vectors.Key("region"), SHA256.HashData("Weerbaarheid.Relay demonstration region key"u8));
        Assert.Equal(Vectors.Key("network, epoch 0"), KeyRing.NetworkKey(Vectors.Key("region"), 0));
        Assert.Equal(Vectors.Key("site 11, epoch 0"), KeyRing.SiteKey(Vectors.Key("region"), 11, 0));
        using var keys = KeyRing.Demonstration();
        Assert.True(keys.IsDemonstration);
        var authority = keys.Authority!.ExportParameters(true);
        Assert.Equal(Vectors.Key("authority, private scalar"), authority.D);
        Assert.Equal(Vectors.Key("authority, public x"), authority.Q.X);
        Assert.Equal(Vectors.Key("authority, public y"), authority.Q.Y);
        foreach (var form in Enum.GetValues<FrameForm>())
        {
            var tag = new byte[FrameWriter.TagSizeOf(form)];
            keys.FrameTag(0, "x"u8, tag);
            Assert.Equal(HMACSHA256.HashData(Vectors.Key("frame tag, epoch 0"), "x"u8)[..tag.Length], tag);
        }
    }

    [Theory]
    [InlineData("site 11 up, epoch 0", false)]
    [InlineData("site 11 down, epoch 0", true)]
    public void Each_direction_has_the_key_that_is_published(string name, bool down)
    {
        using var keys = KeyRing.Demonstration();
        using var published = new AesCcm(Vectors.Key(name));
        var (expected, actual, tag) = (new byte[5], new byte[5], new byte[8]);
        published.Encrypt(new byte[13], new byte[5], expected, tag);
        keys.Cipher(0, 11, down)!.Encrypt(new byte[13], new byte[5], actual, tag);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Frames_are_made_and_read_as_their_vectors()
    {
        using var keys = KeyRing.Demonstration();
        foreach (var vector in Vectors.Frames)
        {
            var writer = new FrameWriter(keys, vector.Sender, 255, vector.Form);
            writer.Address(vector.To, epoch: (byte)(Convert.FromHexString(vector.Frame)[0] & 0x0F));
            foreach (var item in vector.Items) Assert.True(FrameText.Add(writer, item), item);
            Assert.Equal(vector.Frame, Convert.ToHexStringLower(writer.Finish(vector.More)));
            Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(keys, vector.Form, Convert.FromHexString(vector.Frame), out var reader));
            Assert.Equal((vector.Sender, vector.To, vector.More), (reader.Sender, reader.To, reader.HasMore));
            Assert.Equal(vector.Items, FrameText.Read(ref reader));
        }
    }

    [Fact]
    public void There_is_a_frame_of_each_form_and_one_with_every_item()
    {
        var items = Vectors.Frames.SelectMany(vector => vector.Items).ToList();
        Assert.Equal(Enum.GetValues<FrameForm>(), Vectors.Frames.Select(vector => vector.Form).Distinct().Order());
        Assert.Equal(["acknowledgement", "beacon", "envelope", "fragment", "parts"], items.Select(item => item.Split(' ')[0]).Distinct().Order());
        Assert.Contains(items, item => item.StartsWith("beacon ", StringComparison.Ordinal) && item.EndsWith(" asks", StringComparison.Ordinal));
        Assert.Contains(Vectors.Frames, vector => vector.More);
    }

    [Fact]
    public void The_pieces_of_the_vectors_make_the_envelope_they_are_of()
    {
        var pieces = Vectors.Frames.SelectMany(vector => vector.Items).Where(item => item.StartsWith("fragment ", StringComparison.Ordinal)).Select(item => item.Split(' ')).ToList();
        var whole = pieces.OrderBy(words => int.Parse(words[2], CultureInfo.InvariantCulture)).SelectMany(words => Convert.FromHexString(words[5])).ToArray();
        Assert.Equal(Vectors.EnvelopeOf("bulletin"), whole);
        Assert.Equal(FragmentId.Of(whole).ToString(CultureInfo.InvariantCulture), Assert.Single(pieces.Select(words => words[1]).Distinct()));
        Assert.Equal("last", pieces.MaxBy(words => words[2])![^1]);
    }

    [Fact]
    public void Texts_are_coded_and_read_as_their_vectors()
    {
        var (code, units) = (new byte[100], new char[100]);
        foreach (var (text, hex) in Vectors.Texts)
        {
            Assert.Equal(hex, Convert.ToHexStringLower(code, 0, TextModel.Encode(text, code)));
            Assert.True(TextModel.TryDecode(Convert.FromHexString(hex), units, out var length));
            Assert.Equal(text, new string(units, 0, length));
        }
    }

    [Fact]
    public void The_document_names_the_text_model_that_is_shipped()
    {
        using var model = typeof(TextModel).Assembly.GetManifestResourceStream(TextModel.ResourceName)!;
        Assert.Contains($"SHA-256 {Convert.ToHexStringLower(SHA256.HashData(model))}", Vectors.Resource("FORMAT.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_document_lists_the_same_keys_and_vectors()
    {
        Assert.Equal(string.Concat(Vectors.Texts.Select(text => $"\"{text.Text}\"\n  {text.Hex}\n")), BlockAfter("### §9.6 "));
        var keys = string.Concat(Vectors.Keys.Select(key => $"{key.Name}\n  {key.Hex}\n"));
        var envelopes = Vectors.Envelopes.Select(v => $"{v.Name}, {v.Origin}-{Sequence.NameOf(v.Sequence)}\n  body     {v.Body}\n  envelope {v.Envelope}\n");
        var frames = Vectors.Frames.Select(v => $"{v.Heading}\n  frame    {v.Frame}\n");
        Assert.Equal(keys, BlockAfter("### §5.4 "));
        Assert.Equal(string.Join('\n', envelopes.Concat(frames)), BlockAfter("## §12 "));
    }

    [Fact]
    public void The_document_lists_the_table_of_categories()
    {
        var document = Vectors.Resource("FORMAT.md");
        var table = CategoryTable.Current;
        Assert.Contains($"version {table.Version}, from the first place", document, StringComparison.Ordinal);
        foreach (var (name, names) in new[] { ("melding", table.Melding), ("hulp", table.Hulp), ("comms", table.Comms), ("needs", table.Needs) })
            Assert.Contains($"| {name} | {string.Join(", ", names)} |\n", document, StringComparison.Ordinal);
    }

    /// <summary>Keys have no JSON: those of a rekey are the demonstration keys of its site and epoch.</summary>
    private static Message MessageOf(Vectors.EnvelopeVector vector)
    {
        if (!vector.Json.StartsWith("{\"type\":\"rekey\"", StringComparison.Ordinal)) return MessageJsonTests.Parse(vector.Json).Message;
        using var keys = KeyRing.Demonstration();
        var json = System.Text.Json.JsonDocument.Parse(vector.Json).RootElement;
        var (site, epoch) = (json.GetProperty("forSite").GetUInt16(), json.GetProperty("epoch").GetByte());
        var (siteKey, networkKey) = keys.KeysFor(site, epoch);
        return new Rekey { Priority = json.GetProperty("priority").GetByte(), ForSite = site, Epoch = epoch, SiteKey = siteKey, NetworkKey = networkKey };
    }

    /// <summary>The first block of literal text after a heading.</summary>
    private static string BlockAfter(string heading)
    {
        var document = Vectors.Resource("FORMAT.md").Replace("\r\n", "\n", StringComparison.Ordinal);
        var section = document[document.IndexOf("\n" + heading, StringComparison.Ordinal)..];
        var start = section.IndexOf("```\n", StringComparison.Ordinal) + 4;
        return section[start..section.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
