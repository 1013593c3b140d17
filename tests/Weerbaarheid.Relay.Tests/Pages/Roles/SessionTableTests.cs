using Weerbaarheid.Relay.Pages.Roles;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages.Roles;

public sealed class SessionTableTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-sessions-");
    private readonly ManualTime _time = new();
    private readonly PinBook _book;
    private readonly SessionTable _sessions;

    public SessionTableTests()
    {
        foreach (var role in Enum.GetValues<PinRole>()) PinFile.Set(File, role, PinHash.Of("480192"));
        _book = new PinBook(File, _time);
        _sessions = new SessionTable(_book, _time);
    }

    private string File => Path.Combine(_folder.FullName, "pins");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_session_lasts_a_shift_and_is_of_one_role_and_what_that_covers()
    {
        var token = Open(PinRole.Coordinator);
        Assert.Equal(32, token.Length);
        Assert.NotEqual(token, Open(PinRole.Coordinator));
        Assert.True(_sessions.Holds(token, PinRole.Coordinator) && _sessions.Holds(token, PinRole.Vrijwilliger) && !_sessions.Holds(token, PinRole.Technicus));
        Assert.False(_sessions.Holds(Open(PinRole.Vrijwilliger), PinRole.Coordinator));
        Assert.False(_sessions.Holds("", PinRole.Vrijwilliger) || _sessions.Holds(new string('0', 32), PinRole.Vrijwilliger));

        _time.Advance(SessionTable.Lifetime);
        Assert.False(_sessions.Holds(token, PinRole.Vrijwilliger));
    }

    [Fact]
    public void A_second_PIN_adds_to_the_first_under_another_token()
    {
        var first = Open(PinRole.Coordinator);
        var both = Open(PinRole.Technicus, first);
        Assert.False(_sessions.Holds(first, PinRole.Coordinator));
        Assert.True(_sessions.Holds(both, PinRole.Coordinator) && _sessions.Holds(both, PinRole.Technicus));
        _sessions.Close(both);
        Assert.False(_sessions.Holds(both, PinRole.Vrijwilliger));
    }

    [Fact]
    public void Another_PIN_ends_the_sessions_of_the_old_one()
    {
        var token = Open(PinRole.Coordinator);
        PinFile.Set(File, PinRole.Coordinator, PinHash.Of("739104"));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(_sessions.Holds(token, PinRole.Coordinator));
    }

    [Fact]
    public void There_are_so_many_and_the_oldest_makes_room()
    {
        var tokens = new List<string>();
        for (var i = 0; i <= SessionTable.Most; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            tokens.Add(Open(PinRole.Vrijwilliger));
        }

        Assert.False(_sessions.Holds(tokens[0], PinRole.Vrijwilliger));
        Assert.All(tokens.Skip(1), token => Assert.True(_sessions.Holds(token, PinRole.Vrijwilliger)));
    }

    private string Open(PinRole role, string? earlier = null) => _sessions.Open(role, _book.Of(role)!, earlier);
}
