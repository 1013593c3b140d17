using CsCheck;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests.Messages;
using Weerbaarheid.Relay.Wire.Tests.Sealing;

namespace Weerbaarheid.Relay.Wire.Tests.Frames;

/// <summary>Whatever a frame leaves out, the other side puts back.</summary>
public sealed class FramePropertyTests
{
    private const ushort Self = 11;
    private const ushort Other = 12;
    private static readonly KeyRing Keys = KeyRing.Demonstration();

    private static readonly Gen<FrameForm> Form = Gen.Enum<FrameForm>();
    private static readonly Gen<ushort?> Address = Gen.Int[0, 3].Select(choice => choice switch { 0 => (ushort?)null, 1 => (ushort)0, 2 => Self, _ => Other });
    private static readonly Gen<ushort> Site = Gen.OneOf(Gen.Const(Self), Gen.Const(Other), Gen.Const((ushort)0), Gen.UShort);
    private static readonly Gen<ulong> Age = Gen.OneOf(Gen.Const(0UL), Gen.ULong[1, 300], Gen.ULong);

    /// <summary>A real one of any type, from this node, from the neighbour or from elsewhere.</summary>
    private static readonly Gen<byte[]> Sealed = Gen.Select(Gen.Int, Gen.Byte[1, 9], Site, Site).Select((seed, type, origin, destination) =>
    {
        var random = new RandomMessages(seed);
        var message = random.Next((MessageType)type);
        if (message is Receipt receipt) message = receipt with { ForSite = destination };
        return EnvelopeTests.Seal(Keys, message, origin, random.Sequence());
    });

    /// <summary>A header of this node or its neighbour with anything in the other fields, cut anywhere: it looks like an envelope and need not be one.</summary>
    private static readonly Gen<byte[]> Lookalike = Gen.Select(Gen.Byte[0, 3], Gen.Byte, Site, Site, Gen.Byte.Array[0, 20], Gen.Int[0, 30]).Select((first, second, origin, destination, rest, length) =>
    {
        byte[] bytes = [(byte)(0x40 | (first << 4) | (first == 3 ? 1 : 0)), second, (byte)(origin >> 8), (byte)origin, 0, 0, 7, (byte)(destination >> 8), (byte)destination, .. rest];
        return bytes[..Math.Min(length, bytes.Length)];
    });

    private static readonly Gen<byte[]> AnyEnvelope = Gen.Frequency((3, Sealed), (2, Lookalike), (1, Gen.Byte.Array[0, 40]));

    /// <summary>Low 24 bits that go up, round 2^24 as well, in steps that a bitmap reaches and others.</summary>
    private static readonly Gen<uint[]> Ascending = Gen.Select(Gen.OneOf(Gen.UInt[0xFFFF80, 0xFFFFFF], Gen.UInt[0, 100], Gen.UInt[0, 0xFFFFFF]), Gen.OneOf(Gen.UInt[1, 3], Gen.UInt[1, 70]).Array[0, 60])
        .Select((first, steps) =>
        {
            List<uint> all = [first];
            foreach (var step in steps) all.Add((all[^1] + step) & 0xFFFFFF);
            return all.ToArray();
        });

    [Fact]
    public void Any_envelopes_in_a_frame_of_either_form_come_back_byte_for_byte() =>
        Gen.Select(Form, Address, Gen.Bool, Gen.Select(AnyEnvelope, Age).Array[1, 4], Gen.Bool).Sample((form, to, more, envelopes, beaconLast) =>
        {
            var writer = new FrameWriter(Keys, Self, 65_536, form);
            writer.Address(to);
            foreach (var (envelope, age) in envelopes) Assert.True(writer.TryAddEnvelope(envelope, age));
            if (beaconLast) Assert.True(writer.TryAddBeacon(new Beacon(2, false, 0, 0, 10)));
            var frame = writer.Finish(more);
            // Another node reads it.
            Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(Keys, form, frame, out var reader));
            Assert.Equal((Self, to, more), (reader.Sender, reader.To, reader.HasMore));
            foreach (var (envelope, age) in envelopes)
            {
                Assert.Equal(FrameItem.Envelope, reader.Next());
                Assert.Equal(envelope, reader.Envelope.ToArray());
                Assert.Equal(age, reader.AgeSeconds);
            }

            Assert.Equal(beaconLast ? FrameItem.Beacon : FrameItem.End, reader.Next());
            Assert.Equal(FrameItem.End, reader.Next());
        });

    [Fact]
    public void What_the_frame_says_already_is_not_sent_again() => Gen.Select(Form, Sealed, Age).Sample((form, envelope, age) =>
    {
        Assert.True(EnvelopeHeader.TryRead(envelope, out var header));
        var writer = new FrameWriter(Keys, Self, 65_536, form);
        writer.Address(Other);
        writer.TryAddEnvelope(envelope, age);
        var spared = (header.Mode == SealMode.Sealed ? 1 : 0) + (header.Origin == Self ? 2 : 0) + (header.Type == MessageType.Receipt && header.Destination == Other ? 2 : 0);
        var expected = FrameWriter.OverheadOf(form) + 2 + 1 + (age == 0 ? 0 : VarInt.Size(age)) + envelope.Length - spared;
        Assert.Equal(expected, writer.Size);
        Assert.Equal(expected, writer.Finish().Length);
    });

    [Fact]
    public void Acknowledgements_of_any_ascending_sequences_come_back_exactly() =>
        Gen.Select(Form, Address, Site, Gen.Enum<Series>(), Ascending, Gen.Int[32, 300]).Sample((form, to, origin, series, sequences, most) =>
        {
            var writer = new FrameWriter(Keys, Self, most, form);
            List<HopAcknowledgement> read = [];
            var left = sequences.AsSpan();
            for (var frames = 0; !left.IsEmpty && frames <= sequences.Length; frames++)
            {
                writer.Address(to);
                for (var added = 1; added > 0; left = left[added..]) added = writer.AddAcknowledgements(origin, series, left);
                var frame = writer.Finish();
                Assert.True(frame.Length <= most);
                Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(Keys, form, frame, out var reader));
                while (reader.Next() == FrameItem.Acknowledgement) read.Add(reader.Acknowledgement);
            }

            Assert.Equal(sequences.Select(sequence => new HopAcknowledgement(origin, series, sequence)), read);
        });

    [Fact]
    public void A_burst_of_records_is_acknowledged_in_few_bytes()
    {
        var writer = new FrameWriter(Keys, Self, 51, FrameForm.Narrow);
        writer.Address(Other);
        Assert.Equal(57, writer.AddAcknowledgements(Other, Series.Records, [.. Enumerable.Range(0xFFFFF0, 57).Select(n => (uint)n & 0xFFFFFF)]));
        Assert.Equal(7 + 2 + 1 + 3 + 7, writer.Size);
        Assert.Equal(1, writer.AddAcknowledgements(7, Series.States, [5, 5 + 57]));
        Assert.Equal(20 + 6, writer.Size);
    }

    [Fact]
    public void Fragments_and_parts_come_back() =>
        Gen.Select(Form, Gen.UShort, Gen.Byte, Gen.Bool, Gen.Byte.Array[0, 60], Gen.Select(Gen.Bool, Age)).Sample((form, id, index, isLast, bytes, age) =>
        {
            var writer = new FrameWriter(Keys, Self, 200, form);
            Assert.True(writer.TryAddParts(id, index, bytes));
            Assert.True(writer.TryAddFragment(new FragmentName(id, index, isLast), bytes, age.Item1 ? age.Item2 : null));
            Assert.Equal((0, -4), (writer.Room, writer.FragmentRoom));
            Assert.False(writer.TryAddEnvelope([], 0));
            Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(Keys, form, writer.Finish(), out var reader));
            Assert.Equal(FrameItem.Parts, reader.Next());
            Assert.Equal((id, index), (reader.Fragment.Id, reader.Fragment.Index));
            Assert.Equal(bytes[..Math.Min(bytes.Length, 31)], reader.Bytes.ToArray());
            Assert.Equal(FrameItem.Fragment, reader.Next());
            Assert.Equal(new FragmentName(id, index, isLast), reader.Fragment);
            Assert.Equal(age.Item1 ? age.Item2 : 0, reader.AgeSeconds);
            Assert.Equal(bytes, reader.Bytes.ToArray());
            Assert.Equal(FrameItem.End, reader.Next());
        });

    /// <summary>The check values of the catalogue of CRCs, and of RFC 3720 §B.4.</summary>
    [Fact]
    public void An_envelope_in_pieces_is_named_by_its_crc32c()
    {
        Assert.Equal(0xE3069283 & 0xFFFF, FragmentId.Of("123456789"u8));
        Assert.Equal(0x8A9136AA & 0xFFFF, FragmentId.Of(new byte[32]));
        Assert.Equal(0x62A8AB43 & 0xFFFF, FragmentId.Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0, FragmentId.Of([]));
    }
}
