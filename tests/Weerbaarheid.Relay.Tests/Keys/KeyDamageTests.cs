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

    [Theory]
    [InlineData("noodsteunpunt", 1)]
    [InlineData("meldkamer", 3)]
    [InlineData("two epochs", 5)]
    public void After_every_single_flip_in_the_file_or_its_copy_a_node_has_the_same_keys(string whose, int step)
    {
        using var keys = Make(whose);
        var path = Path.Combine(_folder.FullName, "site.keys");
        Assert.Null(KeyFiles.Write(path, keys, replace: false));
        var whole = File.ReadAllBytes(path);
        Assert.Equal(whole, File.ReadAllBytes(KeyFiles.CopyOf(path)));
        foreach (var target in new[] { path, KeyFiles.CopyOf(path) })
        {
            for (var bit = 0; bit < whole.Length * 8; bit += step)
            {
                Overwrite(target, KeySamples.Flip(whole, bit));
                using (var look = KeyFiles.Look(path)) Assert.True(look.Keys is { } read && read.IsSame(keys) && look.Errors.Count == 0, $"bit {bit} of {target}");
                if (bit % 97 != 0) continue;
                // A digit that became a capital changes nothing, and everything else is mended.
                var mended = KeyFiles.Mend(path);
                using (var after = KeyFiles.Look(path)) Assert.Null(after.Finding);
                if (mended is null) continue;
                Assert.Equal(whole, File.ReadAllBytes(target));
                var aside = Assert.Single(_folder.GetFiles("*.aside-1"));
                Assert.Equal(target + ".aside-1", aside.FullName);
                Assert.Equal(KeySamples.Flip(whole, bit), File.ReadAllBytes(aside.FullName));
                aside.Delete();
            }

            Overwrite(target, whole);
        }
    }

    [Fact]
    public void Flips_in_both_are_refused_with_what_to_do_and_nothing_is_written()
    {
        using var keys = Make("noodsteunpunt");
        var path = Path.Combine(_folder.FullName, "site.keys");
        KeyFiles.Write(path, keys, replace: false);
        var whole = File.ReadAllBytes(path);
        var random = new Random(20261201);
        var refused = 0;
        for (var run = 0; run < 2_000; run++)
        {
            Overwrite(path, KeySamples.Flip(whole, random.Next(whole.Length * 8)));
            Overwrite(KeyFiles.CopyOf(path), KeySamples.Flip(whole, random.Next(whole.Length * 8)));
            using var look = KeyFiles.Look(path);
            if (look.Keys is { } read)
            {
                Assert.True(read.IsSame(keys));
                continue;
            }

            refused++;
            Assert.Equal($"{path}: neither this key file nor its second copy can be used; let the region issue the keys again, and use 'keys install FILE --replace'", look.Errors[0].ToString());
            Assert.Null(KeyFiles.Mend(path));
        }

        Assert.InRange(refused, 1_500, 2_000);
        Assert.Equal(2, _folder.GetFiles().Length);
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
        Overwrite(path, bytes);
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

    /// <summary>Same file: its mode stays.</summary>
    private static void Overwrite(string path, byte[] bytes)
    {
        using var file = new FileStream(path, FileMode.Truncate);
        file.Write(bytes);
    }
}
