using System.Text;
using Weerbaarheid.Relay.Wire.Primitives;

namespace Weerbaarheid.Relay.Wire.Tests.Primitives;

/// <summary>Every format of every type that MessagePack has (spec.md, "Formats"), at its edges: read back, or stepped over, and refused when cut off.</summary>
public sealed class FormatTableTests
{
    /// <summary>Bytes, kind, value as text.</summary>
    public static TheoryData<string, PackKind, string> Values => new()
    {
        { "C0", PackKind.Nil, "" },
        { "C2", PackKind.Boolean, "False" },
        { "C3", PackKind.Boolean, "True" },
        { "00", PackKind.WholeNumber, "0" },
        { "7F", PackKind.WholeNumber, "127" },
        { "CC00", PackKind.WholeNumber, "0" },
        { "CC80", PackKind.WholeNumber, "128" },
        { "CCFF", PackKind.WholeNumber, "255" },
        { "CD0100", PackKind.WholeNumber, "256" },
        { "CDFFFF", PackKind.WholeNumber, "65535" },
        { "CE00010000", PackKind.WholeNumber, "65536" },
        { "CEFFFFFFFF", PackKind.WholeNumber, "4294967295" },
        { "CF0000000100000000", PackKind.WholeNumber, "4294967296" },
        { "CF7FFFFFFFFFFFFFFF", PackKind.WholeNumber, "9223372036854775807" },
        { "FF", PackKind.WholeNumber, "-1" },
        { "E0", PackKind.WholeNumber, "-32" },
        { "D0DF", PackKind.WholeNumber, "-33" },
        { "D080", PackKind.WholeNumber, "-128" },
        { "D07F", PackKind.WholeNumber, "127" },
        { "D1FF7F", PackKind.WholeNumber, "-129" },
        { "D18000", PackKind.WholeNumber, "-32768" },
        { "D2FFFF7FFF", PackKind.WholeNumber, "-32769" },
        { "D280000000", PackKind.WholeNumber, "-2147483648" },
        { "D3FFFFFFFF7FFFFFFF", PackKind.WholeNumber, "-2147483649" },
        { "D38000000000000000", PackKind.WholeNumber, "-9223372036854775808" },
        { "CA3F000000", PackKind.Fraction, "0.5" },
        { "CABF800000", PackKind.Fraction, "-1" },
        { "CB3FE0000000000000", PackKind.Fraction, "0.5" },
        { "CBC000000000000000", PackKind.Fraction, "-2" },
        { "A0", PackKind.Text, "" },
        { "A161", PackKind.Text, "a" },
        { "D900", PackKind.Text, "" },
        { "D90161", PackKind.Text, "a" },
        { "DA0002C3A9", PackKind.Text, "é" },
        { "DB00000004F09F9880", PackKind.Text, "😀" },
        { "C400", PackKind.Binary, "" },
        { "C40101", PackKind.Binary, "01" },
        { "C500020102", PackKind.Binary, "0102" },
        { "C60000000100", PackKind.Binary, "00" },
        { "90", PackKind.Array, "0" },
        { "9101", PackKind.Array, "1" },
        { "DC000201A161", PackKind.Array, "2" },
        { "DD00000001C0", PackKind.Array, "1" },
        { "80", PackKind.Map, "0" },
        { "81A16101", PackKind.Map, "1" },
        { "DE00010102", PackKind.Map, "1" },
        { "DF000000010190", PackKind.Map, "1" },
        { "D40110", PackKind.Extension, "" },
        { "D5012021", PackKind.Extension, "" },
        { "D60130313233", PackKind.Extension, "" },
        { "D7014041424344454647", PackKind.Extension, "" },
        { "D801505152535455565758595A5B5C5D5E5F", PackKind.Extension, "" },
        { "C70001", PackKind.Extension, "" },
        { "C70301111213", PackKind.Extension, "" },
        { "C800010155", PackKind.Extension, "" },
        { "C9000000020166AA", PackKind.Extension, "" },
        { "D6FF00000000", PackKind.Extension, "" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Every_format_reads_back(string hex, PackKind kind, string expected)
    {
        var bytes = Convert.FromHexString(hex);
        var reader = new PackReader(bytes);
        Assert.Equal(kind, reader.Next);
        Assert.Equal(expected, Read(ref reader, kind));
        if (kind is PackKind.Array or PackKind.Map) return;
        Assert.True(reader.AtEnd);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Every_format_is_stepped_over_whole_and_not_at_all_when_cut_off(string hex, PackKind kind, string _)
    {
        byte[] bytes = [.. Convert.FromHexString(hex), 0xC0];
        var whole = new PackReader(bytes);
        Assert.Equal(PackOutcome.Read, whole.Skip());
        Assert.Equal(bytes.Length - 1, whole.Position);
        for (var length = 0; length < bytes.Length - 1; length++)
        {
            var cut = new PackReader(bytes.AsSpan(0, length));
            Assert.Equal(PackOutcome.Truncated, cut.Skip());
            Assert.Equal(0, cut.Position);
            if (kind is PackKind.Array or PackKind.Map or PackKind.Extension) continue;
            Assert.Contains(Read(ref cut, kind), (string[])["cut off", "mismatch"]);
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void No_format_reads_as_another_kind(string hex, PackKind kind, string _)
    {
        foreach (var other in Enum.GetValues<PackKind>().Where(other => other is not PackKind.None and not PackKind.Extension && other != kind))
        {
            var reader = new PackReader(Convert.FromHexString(hex));
            Assert.Equal("mismatch", Read(ref reader, other));
            Assert.Equal(0, reader.Position);
        }
    }

    [Theory]
    [InlineData("CF8000000000000000", "9223372036854775808")]
    [InlineData("CFFFFFFFFFFFFFFFFF", "18446744073709551615")]
    public void What_only_an_unsigned_number_holds_reads_as_one(string hex, string expected)
    {
        var reader = new PackReader(Convert.FromHexString(hex));
        Assert.Equal(PackOutcome.Mismatch, reader.ReadSigned(out _));
        Assert.Equal(PackOutcome.Read, reader.ReadUnsigned(out var value));
        Assert.Equal(expected, $"{value}");
    }

    private static string Read(ref PackReader reader, PackKind kind)
    {
        var (outcome, value) = kind switch
        {
            PackKind.Nil => (reader.SkipNil() ? PackOutcome.Read : PackOutcome.Mismatch, ""),
            PackKind.Boolean => (reader.ReadBoolean(out var flag), $"{flag}"),
            PackKind.WholeNumber => (reader.ReadSigned(out var number), $"{number}"),
            PackKind.Fraction => (reader.ReadFraction(out var fraction), FormattableString.Invariant($"{fraction}")),
            PackKind.Text => (reader.ReadText(out ReadOnlySpan<byte> utf8), Encoding.UTF8.GetString(utf8)),
            PackKind.Binary => (reader.ReadBinary(out var bytes), Convert.ToHexString(bytes)),
            PackKind.Array => (reader.ReadArrayHeader(out var count), $"{count}"),
            PackKind.Map => (reader.ReadMapHeader(out var pairs), $"{pairs}"),
            PackKind.Extension => (reader.Skip(), ""),
            _ => (PackOutcome.Read, "nothing"),
        };
        return outcome switch { PackOutcome.Read => value, PackOutcome.Mismatch => "mismatch", _ => "cut off" };
    }
}
