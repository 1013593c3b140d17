using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pins;

public sealed class PinFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-pins-");

    private string File => Path.Combine(_folder.FullName, "site.keys.pins");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_PIN_is_known_again_and_no_other_is_and_the_file_says_nothing_of_it()
    {
        PinFile.Set(File, PinRole.Coordinator, PinHash.Of("480192"));
        PinFile.Set(File, PinRole.Vrijwilliger, PinHash.Of("480192"));
        var set = PinFile.Read(File);

        Assert.Null(set.Problem);
        Assert.True(set.Hashes[PinRole.Coordinator].Is("480192"));
        foreach (var wrong in (string[])["480193", "48019", "4801922", "", " 480192", new string('1', 10_000)]) Assert.False(set.Hashes[PinRole.Coordinator].Is(wrong));
        var text = System.IO.File.ReadAllText(File);
        Assert.DoesNotContain("480192", text, StringComparison.Ordinal);
        // The same PIN looks different for each role.
        Assert.NotEqual(set.Hashes[PinRole.Coordinator].Key, set.Hashes[PinRole.Vrijwilliger].Key);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));

        PinFile.Set(File, PinRole.Coordinator, null);
        Assert.Equal([PinRole.Vrijwilliger], PinFile.Read(File).Hashes.Keys);
    }

    [Theory]
    [InlineData("123456")]
    [InlineData("987654")]
    [InlineData("000000")]
    [InlineData("aaaaaaa")]
    [InlineData("12345")]
    [InlineData("48019é")]
    [InlineData("")]
    public void What_is_guessed_first_or_cannot_be_typed_is_no_PIN(string pin) => Assert.NotNull(PinHash.Problem(pin));

    [Theory]
    [InlineData("480192")]
    [InlineData("112233")]
    [InlineData("waterwolf-7")]
    public void Others_are(string pin) => Assert.Null(PinHash.Problem(pin));

    [Fact]
    public void A_damaged_file_holds_no_PIN_says_so_and_costs_no_time()
    {
        PinFile.Set(File, PinRole.Technicus, PinHash.Of("480192"));
        var good = System.IO.File.ReadAllText(File);
        string[] broken =
        [
            good.Replace(" 200000 ", " 1 ", StringComparison.Ordinal), good.Replace(" 200000 ", " 2000000000 ", StringComparison.Ordinal), good[..^9], good + good, good.Replace("technicus", "baas", StringComparison.Ordinal),
            good.Replace("pbkdf2-sha256", "plain", StringComparison.Ordinal), "\0\u00ff", new string('x', 5000), "technicus", "technicus ",
        ];
        foreach (var text in broken)
        {
            System.IO.File.WriteAllText(File, text);
            var set = PinFile.Read(File);
            Assert.Empty(set.Hashes);
            Assert.Contains("beschadigd", set.Problem, StringComparison.Ordinal);
        }

        Assert.Null(PinFile.Read(Path.Combine(_folder.FullName, "none")).Problem);
    }

    [Fact]
    public void A_running_node_takes_a_new_PIN_over()
    {
        var time = new ManualTime();
        var book = new PinBook(File, time);
        Assert.Null(book.Of(PinRole.Coordinator));
        PinFile.Set(File, PinRole.Coordinator, PinHash.Of("480192"));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(book.Of(PinRole.Coordinator)!.Is("480192"));
        Assert.Same(book.Of(PinRole.Coordinator), book.Of(PinRole.Coordinator));
    }
}
