using Weerbaarheid.Relay.Keys;

namespace Weerbaarheid.Relay.Tests.Keys;

/// <summary>No changed bit may give other keys: the same keys, or a sentence.</summary>
public sealed class KeyDamageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-flips-");
    private readonly RegionMaster _master = KeySamples.Region();

    public void Dispose()
    {
        _master.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("noodsteunpunt", 1)]
    [InlineData("meldkamer", 3)]
    [InlineData("two epochs", 5)]
    public void Every_single_flip_in_a_key_file_is_refused_or_changes_nothing(string whose, int step)
    {
        using var keys = Make(whose);
        var path = Path.Combine(_folder.FullName, "site.keys");
        KeyFile.Write(path, keys, replace: false);
        var whole = File.ReadAllBytes(path);
        var same = 0;
        for (var bit = 0; bit < whole.Length * 8; bit += step) same += SameAfter(path, KeySamples.Flip(whole, bit), keys) ? 1 : 0;
        // Digits a to f have a capital one bit away; nothing else has a twin.
        Assert.InRange(same, 1, whole.Length / 4);
    }

    [Fact]
    public void Two_and_three_flips_neither()
    {
        using var keys = Make("noodsteunpunt");
        var path = Path.Combine(_folder.FullName, "site.keys");
        KeyFile.Write(path, keys, replace: false);
        var whole = File.ReadAllBytes(path);
        var random = new Random(20261124);
        for (var run = 0; run < 4_000; run++)
        {
            var damaged = whole;
            for (var flip = 0; flip < 2 + (run % 2); flip++) damaged = KeySamples.Flip(damaged, random.Next(whole.Length * 8));
            SameAfter(path, damaged, keys);
        }
    }

    [Fact]
    public void Every_cut_of_a_key_file_is_refused()
    {
        using var keys = Make("two epochs");
        var path = Path.Combine(_folder.FullName, "site.keys");
        KeyFile.Write(path, keys, replace: false);
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++) Assert.False(SameAfter(path, whole[..length], keys));
    }

    [Fact]
    public void Every_flip_in_a_provisioning_text_is_refused_or_changes_nothing()
    {
        using var keys = Make("noodsteunpunt");
        var text = ProvisionText.Encode(keys, true, _master.Authority, null);
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);
        var same = 0;
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var result = ProvisionText.Decode(System.Text.Encoding.Latin1.GetString(KeySamples.Flip(bytes, bit)), null);
            if (result.Keys is { } read)
            {
                Assert.True(read.IsSame(keys));
                same++;
            }
            else Assert.NotNull(result.Problem);
        }

        // Small letters mean the same as capitals.
        Assert.InRange(same, 1, text.Length);
    }

    private NodeKeys Make(string whose)
    {
        if (whose == "meldkamer") return _master.Meldkamer();
        var first = _master.Noodsteunpunt();
        if (whose == "noodsteunpunt") return first;
        _master.Rotate();
        var second = _master.Noodsteunpunt();
        return second with { Epochs = [.. second.Epochs, .. first.Epochs] };
    }

    /// <summary>Whether the keys are those that were written; when they are not, there must be none and a sentence.</summary>
    private static bool SameAfter(string path, byte[] bytes, NodeKeys keys)
    {
        // Same file: its mode stays.
        using (var file = new FileStream(path, FileMode.Truncate)) file.Write(bytes);
        var result = KeyFile.Read(path);
        if (result.Keys is null)
        {
            Assert.NotEmpty(result.Errors);
            Assert.All(result.Errors, error => Assert.False(string.IsNullOrWhiteSpace(error.Problem) || error.Remedy is null));
            return false;
        }

        Assert.True(result.Keys.IsSame(keys), "other keys were read");
        Assert.Null(result.Warning);
        return true;
    }
}
