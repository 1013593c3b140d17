using System.Buffers;
using CsCheck;
using MessagePack;
using Weerbaarheid.Relay.Wire.Primitives;

namespace Weerbaarheid.Relay.Wire.Tests.Primitives;

/// <summary>MessagePack-CSharp is the oracle: it must write what we write and read what we read.</summary>
public sealed class PackPrimitivesTests
{
    private delegate void Write(ref MessagePackWriter writer);

    private delegate void WritePack(ref PackWriter writer);

    private static readonly long[] Edges =
    [
        0, 1, 127, 128, 255, 256, 65535, 65536, int.MaxValue, 1L + int.MaxValue, uint.MaxValue, 1L + uint.MaxValue, long.MaxValue,
        -1, -32, -33, -128, -129, -32768, -32769, int.MinValue, int.MinValue - 1L, long.MinValue,
    ];

    [Fact]
    public void Whole_numbers_are_as_short_as_the_oracle_writes_them()
    {
        foreach (var value in Edges) SignedAgrees(value);
        Gen.Long.Sample(SignedAgrees);
        Gen.ULong.Sample(UnsignedAgrees);
        UnsignedAgrees(ulong.MaxValue);
    }

    [Fact]
    public void Texts_are_as_short_as_the_oracle_writes_them_around_every_change_of_header()
    {
        foreach (var length in new[] { 0, 1, 10, 11, 31, 32, 85, 86, 255, 256, 21845, 21846, 65535, 65536 })
            foreach (var unit in new[] { "a", "é", "€" })
                TextAgrees(string.Concat(Enumerable.Repeat(unit, length)));
        Gen.String[Gen.Char['\u0020', '\uD7FF'], 0, 300].Sample(TextAgrees);
    }

    [Fact]
    public void Bytes_are_as_the_oracle_writes_them_around_every_change_of_header()
    {
        foreach (var length in new[] { 0, 1, 255, 256, 65535, 65536 }) BinaryAgrees(new byte[length]);
        Gen.Byte.Array[0, 300].Sample(BinaryAgrees);
    }

    [Fact]
    public void Array_headers_nil_and_booleans_are_as_the_oracle_writes_them()
    {
        foreach (var count in new[] { 0, 15, 16, 65535, 65536 })
            Agree((ref PackWriter pack) => pack.WriteArrayHeader(count), (ref MessagePackWriter oracle) => oracle.WriteArrayHeader(count));
        Agree((ref PackWriter pack) => pack.WriteNil(), (ref MessagePackWriter oracle) => oracle.WriteNil());
        Agree((ref PackWriter pack) => pack.WriteBoolean(true), (ref MessagePackWriter oracle) => oracle.Write(true));
        Agree((ref PackWriter pack) => pack.WriteBoolean(false), (ref MessagePackWriter oracle) => oracle.Write(false));
    }

    [Theory]
    [InlineData("CC05", 5)]
    [InlineData("CD0005", 5)]
    [InlineData("CE00000005", 5)]
    [InlineData("CF0000000000000005", 5)]
    [InlineData("D005", 5)]
    [InlineData("D10005", 5)]
    [InlineData("D200000005", 5)]
    [InlineData("D30000000000000005", 5)]
    [InlineData("D3FFFFFFFFFFFFFFFF", -1)]
    public void Longer_forms_of_a_number_are_read_too(string hex, long expected)
    {
        var reader = new PackReader(Convert.FromHexString(hex));
        Assert.Equal(PackOutcome.Read, reader.ReadSigned(out var value));
        Assert.Equal(expected, value);
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void A_number_with_the_wrong_sign_or_size_is_a_mismatch_and_the_reader_stays()
    {
        var negative = new PackReader([0xFF]);
        Assert.Equal(PackOutcome.Mismatch, negative.ReadUnsigned(out _));
        Assert.Equal(0, negative.Position);
        var huge = new PackReader([0xCF, 0x80, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Equal(PackOutcome.Mismatch, huge.ReadSigned(out _));
        Assert.Equal(PackOutcome.Read, huge.ReadUnsigned(out var value));
        Assert.Equal(1UL << 63, value);
    }

    [Theory]
    [InlineData("DBFFFFFFFF")]
    [InlineData("C6FFFFFFFF00")]
    [InlineData("DDFFFFFFFF00")]
    [InlineData("DFFFFFFFFF00")]
    [InlineData("C9FFFFFFFF00")]
    [InlineData("DF800000000000")]
    [InlineData("D9")]
    [InlineData("CB00")]
    [InlineData("")]
    public void A_length_is_not_believed_before_the_bytes_exist(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new PackReader(bytes);
        var skipped = reader.Skip();
        var text = reader.ReadText(out string? _);
        var array = reader.ReadArrayHeader(out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(PackOutcome.Truncated, skipped);
        Assert.NotEqual(PackOutcome.Read, text);
        Assert.NotEqual(PackOutcome.Read, array);
    }

    [Fact]
    public void Every_first_byte_is_stepped_over_just_as_the_oracle_does()
    {
        for (var code = 0; code < 256; code++)
        {
            // Zeros after the code make every length 0 and every element a number.
            var bytes = new byte[40];
            bytes[0] = (byte)code;
            var reader = new PackReader(bytes);
            var outcome = reader.Skip();
            if (code == 0xC1)
            {
                Assert.Equal(PackOutcome.Mismatch, outcome);
                continue;
            }

            var oracle = new MessagePackReader(bytes);
            oracle.Skip();
            Assert.Equal(PackOutcome.Read, outcome);
            Assert.Equal(oracle.Consumed, reader.Position);
        }
    }

    [Fact]
    public void Nesting_has_a_limit()
    {
        byte[] Nested(int depth) => [.. Enumerable.Repeat((byte)0x91, depth), 0x00];
        var allowed = new PackReader(Nested(PackReader.MaxDepth));
        Assert.Equal(PackOutcome.Read, allowed.Skip());
        var deeper = new PackReader(Nested(PackReader.MaxDepth + 1));
        Assert.Equal(PackOutcome.TooDeep, deeper.Skip());
        var bomb = new PackReader(Nested(100_000));
        Assert.Equal(PackOutcome.TooDeep, bomb.Skip());
    }

    [Fact]
    public void A_writer_that_ran_out_of_room_says_so_once_at_the_end()
    {
        var buffer = new byte[3];
        var writer = new PackWriter(buffer);
        writer.WriteUnsigned(1);
        Assert.False(writer.Failed);
        writer.WriteText("abc");
        writer.WriteNil();
        Assert.True(writer.Failed);
        Assert.Equal(1, writer.Position);
    }

    [Fact]
    public void Half_a_surrogate_pair_and_bytes_that_are_not_utf8_are_refused()
    {
        var writer = new PackWriter(new byte[50]);
        writer.WriteText("a\uDC00");
        Assert.True(writer.Failed);
        var reader = new PackReader([0xA2, 0xC3, 0x28]);
        Assert.Equal(PackOutcome.NotText, reader.ReadText(out string? _));
    }

    private static void SignedAgrees(long value)
    {
        var bytes = Agree((ref PackWriter pack) => pack.WriteSigned(value), (ref MessagePackWriter oracle) => oracle.Write(value));
        var reader = new PackReader(bytes);
        Assert.Equal(PackOutcome.Read, reader.ReadSigned(out var read));
        Assert.Equal(value, read);
    }

    private static void UnsignedAgrees(ulong value)
    {
        var bytes = Agree((ref PackWriter pack) => pack.WriteUnsigned(value), (ref MessagePackWriter oracle) => oracle.Write(value));
        var reader = new PackReader(bytes);
        Assert.Equal(PackOutcome.Read, reader.ReadUnsigned(out var read));
        Assert.Equal(value, read);
    }

    private static void TextAgrees(string value)
    {
        var bytes = Agree((ref PackWriter pack) => pack.WriteText(value), (ref MessagePackWriter oracle) => oracle.Write(value));
        var reader = new PackReader(bytes);
        Assert.Equal(PackOutcome.Read, reader.ReadText(out string? read));
        Assert.Equal(value, read);
    }

    private static void BinaryAgrees(byte[] value)
    {
        var bytes = Agree((ref PackWriter pack) => pack.WriteBinary(value), (ref MessagePackWriter oracle) => oracle.Write(value));
        var reader = new PackReader(bytes);
        Assert.Equal(PackOutcome.Read, reader.ReadBinary(out var read));
        Assert.True(read.SequenceEqual(value));
    }

    private static byte[] Agree(WritePack pack, Write oracle)
    {
        var buffer = new byte[200_000];
        var writer = new PackWriter(buffer);
        pack(ref writer);
        Assert.False(writer.Failed);
        var expected = new ArrayBufferWriter<byte>();
        var other = new MessagePackWriter(expected);
        oracle(ref other);
        other.Flush();
        Assert.Equal(expected.WrittenSpan.ToArray(), buffer[..writer.Position]);
        return buffer[..writer.Position];
    }
}
