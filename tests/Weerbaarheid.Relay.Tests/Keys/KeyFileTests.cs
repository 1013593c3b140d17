using System.Runtime.Versioning;
using System.Security.Cryptography;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Keys;

[UnsupportedOSPlatform("windows")]
public sealed class KeyFileTests : IDisposable
{
    private static readonly Site Meldkamer = new(1, "Meldkamer", Role.Meldkamer, "groningen");
    private static readonly Site Leek = new(11, "Leek", Role.Noodsteunpunt, "groningen");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-keys-");
    private readonly byte[] _region = RandomNumberGenerator.GetBytes(KeyRing.KeySize);
    private readonly ECDsa _authority = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private string Region => Path.Combine(_folder.FullName, "region.keys");

    private string SiteFile => Path.Combine(_folder.FullName, "site.keys");

    [Fact]
    public void What_a_site_seals_with_its_file_the_region_opens_with_its_own()
    {
        KeyFile.WriteRegion(Region, 3, _region, _authority.ExportPkcs8PrivateKeyPem());
        KeyFile.WriteSite(SiteFile, 3, 11, _region, _authority.ExportSubjectPublicKeyInfoPem());
        using var region = Read(Region, Meldkamer);
        using var site = Read(SiteFile, Leek);

        Assert.Equal((3, true, true, false), (region.Epoch, region.HoldsRegion, region.MayIssueBulletins, region.IsDemonstration));
        Assert.Equal((3, false, false), (site.Epoch, site.HoldsRegion, site.MayIssueBulletins));
        Assert.Equal(OpenOutcome.Opened, Carry(site, region, new Melding { Text = "brand" }, 11));
        Assert.Equal(OpenOutcome.Opened, Carry(region, site, new Bulletin { Number = 1, Text = "kook het water" }, 1));
        Assert.Equal(OpenOutcome.Opened, Carry(region, site, new Receipt { ForSite = 11, UpTo = 4 }, 1));
    }

    [Fact]
    public void Files_are_written_for_their_owner_alone_and_never_over_another()
    {
        KeyFile.WriteSite(SiteFile, 1, 11, _region, null);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SiteFile));
        Assert.Throws<IOException>(() => KeyFile.WriteSite(SiteFile, 1, 11, _region, null));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "0640")]
    [InlineData(UnixFileMode.OtherRead, "0604")]
    [InlineData(UnixFileMode.GroupWrite, "0620")]
    public void A_file_that_others_may_use_is_refused_with_the_command_that_helps(UnixFileMode others, string shown)
    {
        KeyFile.WriteRegion(Region, 1, _region, null);
        File.SetUnixFileMode(Region, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        Assert.Equal([$"{Region}: others than its owner may use this key file (mode {shown}); run: chmod 600 '{Region}'"], Errors(Region, Meldkamer));

        File.SetUnixFileMode(Region, UnixFileMode.UserRead);
        using var ring = Read(Region, Meldkamer);
        Assert.True(ring.HoldsRegion);
    }

    [Fact]
    public void A_noodsteunpunt_gets_its_own_keys_and_no_others()
    {
        KeyFile.WriteRegion(Region, 1, _region, null);
        KeyFile.WriteSite(SiteFile, 1, 12, _region, null);
        Assert.Equal(
            [$"{Region}: region: holds the key of the whole region, and this node is a noodsteunpunt; use the key file of site 11, so that a stolen node can impersonate only itself"],
            Errors(Region, Leek));
        Assert.Equal([$"{SiteFile}: site: these are the keys of site 12, and this node is site 11; use the key file of site 11, or correct site.id"], Errors(SiteFile, Leek));
    }

    [Fact]
    public void A_meldkamer_and_a_coordinatiepunt_need_the_keys_of_the_region()
    {
        KeyFile.WriteSite(SiteFile, 1, 1, _region, null);
        Assert.Equal([$"{SiteFile}: region: is missing, and a meldkamer needs it; use the region's key file"], Errors(SiteFile, Meldkamer));
        Assert.Contains("a coordinatiepunt needs it", Assert.Single(Errors(SiteFile, Meldkamer with { Role = Role.Coordinatiepunt })), StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_said_at_once_and_no_key_is_ever_shown()
    {
        const string secret = "c0ffee00c0ffee00c0ffee00c0ffee00";
        WriteRaw($$"""{ "epoch": 16, "site": 11, "siteKey": "{{secret}}", "networkKey": "{{secret}}zz{{secret[2..]}}", "authority": "{{secret}}", "sitekey": "{{secret}}", "{{secret}}": 1 }""");
        var errors = Errors(SiteFile, Leek);
        Assert.Equal(
            [
                $"{SiteFile}: unknown key near 'siteKey'; did you mean 'siteKey'?",
                $"{SiteFile}: holds a key of JSON that is not known here; known here are format, epoch, site, role, name, regionName, region, epochs, siteKey, networkKey, authority, check",
                $"{SiteFile}: epoch: is not in range; write a whole number from 0 to 15",
                $"{SiteFile}: authority: is not a key of the authority; write the authority's key on P-256 as PEM (BEGIN PUBLIC KEY, or BEGIN PRIVATE KEY where bulletins are issued)",
                $"{SiteFile}: siteKey: has 32 characters; write 64 hexadecimal digits",
                $"{SiteFile}: networkKey: holds something that is not a hexadecimal digit; write 64 hexadecimal digits",
            ],
            errors);
        Assert.DoesNotContain(errors, error => error.Contains(secret[..8], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ \"siteKey\": c0ffee }", ": this is not JSON from line 1, position 14; check the quotes, commas and braces there, or fetch the file again")]
    [InlineData("[\"c0ffee\"]", ": the key file does not hold a JSON object; fetch the file again")]
    [InlineData("{ \"siteKey\": \"\\ud800c0ffee\" }", ": the key file holds text that is not whole; fetch the file again")]
    public void A_damaged_file_is_refused_without_showing_what_is_in_it(string json, string error)
    {
        WriteRaw(json);
        Assert.Contains(SiteFile + error, Errors(SiteFile, Leek));
        Assert.DoesNotContain("c0ffee", string.Join('\n', Errors(SiteFile, Leek)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_on_a_curve_that_does_not_exist_is_refused_in_a_sentence()
    {
        var key = _authority.ExportSubjectPublicKeyInfo();
        // In the name of the curve, 1.2.840.10045.3.1.7: 1.2 becomes 1.5.
        key[key.AsSpan().IndexOf(new byte[] { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03 })] = 0x2D;
        // The writer would refuse it; a hand, or a bit that flipped in an older file, does not.
        WriteRaw($$"""{ "epoch": 1, "site": 11, "siteKey": "{{new string('a', 64)}}", "networkKey": "{{new string('b', 64)}}", "authority": {{System.Text.Json.JsonSerializer.Serialize(PemEncoding.WriteString("PUBLIC KEY", key))}} }""");
        Assert.Contains("authority: is not a key of the authority", Assert.Single(Errors(SiteFile, Leek)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_noodsteunpunt_may_not_hold_the_authoritys_private_key()
    {
        // The writer leaves the private half out; a hand does not.
        WriteRaw($$"""{ "epoch": 1, "site": 11, "siteKey": "{{new string('a', 64)}}", "networkKey": "{{new string('b', 64)}}", "authority": {{System.Text.Json.JsonSerializer.Serialize(_authority.ExportPkcs8PrivateKeyPem())}} }""");
        Assert.Equal([$"{SiteFile}: authority: is a private key; a noodsteunpunt gets the public key only"], Errors(SiteFile, Leek));
    }

    [Fact]
    public void A_folder_in_the_place_of_a_key_file_is_told()
    {
        Directory.CreateDirectory(Region);
        Assert.Equal([$"{Region}: this is a folder, not a key file; name the file in it, or put the region's file there with 'keys install'"], Errors(Region, Meldkamer));
    }

    [Fact]
    public async Task So_is_a_pipe_which_would_be_waited_for()
    {
        NamedPipe.Make(Region);
        Assert.Equal(
            [$"{Region}: this is a pipe, not a key file; name the file, or put the region's file there with 'keys install'"],
            await NamedPipe.WithoutWaitingAsync(() => Errors(Region, Meldkamer)));
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Equal([$"{Region}: there is no such key file; put the file that the region gave out there with 'keys install', or name it with keys.file"], Errors(Region, Meldkamer));

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private static KeyRing Read(string path, Site site)
    {
        var result = KeyFiles.Read(path, site);
        Assert.Equal("", string.Join('\n', result.Errors));
        return result.Ring!;
    }

    private static string[] Errors(string path, Site site)
    {
        var result = KeyFiles.Read(path, site);
        Assert.Null(result.Ring);
        return [.. result.Errors.Select(error => error.ToString())];
    }

    private static OpenOutcome Carry(KeyRing from, KeyRing to, Message message, ushort origin)
    {
        byte[] body = new byte[MessageLimits.Body], envelope = new byte[Envelope.MaxSize];
        var header = EnvelopeHeader.For(message, from.Epoch, origin, 5);
        var length = Envelope.Seal(from, header, 5, body.AsSpan(0, MessageCodec.Encode(message, body)), envelope);
        return Envelope.TryOpen(to, envelope.AsSpan(0, length), 5, body, out _);
    }

    private void WriteRaw(string json)
    {
        File.WriteAllText(SiteFile, json);
        File.SetUnixFileMode(SiteFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
