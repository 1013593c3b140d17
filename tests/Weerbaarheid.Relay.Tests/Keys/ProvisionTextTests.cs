using System.Security.Cryptography;
using CsCheck;
using Weerbaarheid.Relay.Keys;

namespace Weerbaarheid.Relay.Tests.Keys;

public sealed class ProvisionTextTests : IDisposable
{
    private readonly RegionMaster _master = KeySamples.Region();

    public void Dispose() => _master.Dispose();

    [Fact]
    public void Each_role_gets_what_it_needs_and_nothing_more()
    {
        using var site = Carry(_master.Noodsteunpunt());
        Assert.Equal((11, null, false, 1), (site.Site, site.RegionKey, site.MayIssue, site.Epochs.Count));
        Assert.Equal(NodeKeys.Derive(_master.RegionKey, 11, 0).SiteKey, site.Epochs[0].SiteKey);

        using var point = Carry(_master.Coordinatiepunt());
        Assert.Equal(_master.RegionKey, point.RegionKey);
        Assert.Equal((0, false, "Coördinatiepunt", "groningen"), (point.Epochs.Count, point.MayIssue, point.Name, point.Region));

        using var room = Carry(_master.Meldkamer());
        Assert.True(room.MayIssue);
        Assert.Equal(_master.Authority.Private(), room.Authority!.Private());
    }

    [Fact]
    public void A_text_that_was_wrapped_copied_in_small_letters_or_has_comments_is_the_same_text()
    {
        using var keys = _master.Noodsteunpunt();
        var text = ProvisionText.Encode(keys, true, _master.Authority, null);
        var wrapped = string.Join("\r\n", text.Chunk(40).Select(line => new string(line)));
        foreach (var copy in new[] { wrapped, text.ToLowerInvariant(), $"# keys of site 11\n{text}\n", text.Insert(30, "-") })
        {
            using var read = ProvisionText.Decode(copy, null).Keys;
            Assert.True(read!.IsSame(keys));
        }
    }

    [Fact]
    public void Whether_it_is_the_first_issue_is_signed_too()
    {
        using var keys = _master.Noodsteunpunt();
        Assert.True(ProvisionText.Decode(ProvisionText.Encode(keys, true, _master.Authority, null), null).IsFirst);
        Assert.False(ProvisionText.Decode(ProvisionText.Encode(keys, false, _master.Authority, null), null).IsFirst);
    }

    [Fact]
    public void What_somebody_else_signed_in_the_name_of_the_authority_is_refused()
    {
        using var keys = _master.Noodsteunpunt();
        using var others = KeySamples.Region();
        var forged = ProvisionText.Decode(ProvisionText.Encode(keys, true, others.Authority, null), null);
        Assert.Null(forged.Keys);
        Assert.Equal("its signature is not right: somebody changed it; do not use it, and tell the region", forged.Problem);
    }

    [Fact]
    public void A_pin_hides_everything_and_a_wrong_one_opens_nothing()
    {
        using var keys = _master.Noodsteunpunt();
        var text = ProvisionText.Encode(keys, true, _master.Authority, "482915");
        var hidden = Base32.Decode(text.AsSpan(4))!;
        Assert.All(KeySamples.Secrets(keys), secret => Assert.Equal(-1, hidden.AsSpan().IndexOf(secret)));

        Assert.True(ProvisionText.Decode(text, null).NeedsPin);
        Assert.Equal("the PIN is wrong; ask whoever issued it for the PIN", ProvisionText.Decode(text, "482916").Problem);
        using var read = ProvisionText.Decode(text, "482915").Keys;
        Assert.True(read!.IsSame(keys));
    }

    [Theory]
    [InlineData("", "nothing in it begins with WR1:")]
    [InlineData("WR1:", "damaged or not whole")]
    [InlineData("WR1:AAAA", "damaged or not whole")]
    [InlineData("WR1:0189", "damaged or not whole")]
    [InlineData("http://example.nl/", "nothing in it begins with WR1:")]
    public void What_is_no_provisioning_text_is_refused(string text, string problem)
    {
        var result = ProvisionText.Decode(text, null);
        Assert.Null(result.Keys);
        Assert.Contains(problem, result.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_survive_base_32_and_any_text_is_read_without_a_throw()
    {
        Gen.Byte.Array[0, 100].Sample(bytes => Base32.Decode(Base32.Encode(bytes))!.SequenceEqual(bytes));
        Gen.String.Sample(text => ProvisionText.Decode("WR1:" + text, null) is { Keys: null, Problem: not null });
        Gen.Byte.Array[0, 300].Sample(code =>
        {
            using var keys = NodeKeysCode.Decode(code);
            Assert.True(keys is null || NodeKeysCode.Encode(keys).SequenceEqual(code));
        });
    }

    /// <summary>RFC 4648 §10.</summary>
    [Theory]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base_32_is_that_of_the_rfc(string plain, string coded) => Assert.Equal(coded, Base32.Encode(System.Text.Encoding.ASCII.GetBytes(plain)));

    [Fact]
    public void A_public_key_in_33_bytes_is_the_same_key_again()
    {
        for (var run = 0; run < 40; run++)
        {
            var key = AuthorityKey.Create();
            Assert.Equal(key.PublicOnly().ToPem(), AuthorityKey.FromPublic(key.Public())!.ToPem());
            Assert.Equal(key.PublicOnly().ToPem(), AuthorityKey.FromPrivate(key.Private())!.PublicOnly().ToPem());
        }

        // About half of all x have no point.
        var refused = Enumerable.Range(0, 40).Count(_ => AuthorityKey.FromPublic([2, .. RandomNumberGenerator.GetBytes(32)]) is null);
        Assert.InRange(refused, 4, 36);
    }

    private NodeKeys Carry(NodeKeys keys)
    {
        using (keys) return ProvisionText.Decode(ProvisionText.Encode(keys, true, _master.Authority, null), null).Keys!;
    }
}
