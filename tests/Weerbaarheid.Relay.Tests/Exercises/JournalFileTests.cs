using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Tests.Outbox.Zoo;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Exercises;

public sealed class JournalFileTests : IDisposable
{
    private static readonly DateTimeOffset Wall = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-journal-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Lines_come_back_and_numbers_go_on_after_a_restart()
    {
        var line = new JournalLine(0, 1_234, Wall, JournalEvents.Send) { Link = "lora", Ids = ["11-1", "11-2"], Bytes = 40, Air = 1_500 };
        using (var file = new JournalFile(_folder.FullName, 3)) file.Append(line);
        File.AppendAllText(Path.Combine(_folder.FullName, "journal-3.jsonl"), "{\"n\":1,\"ms\":12");
        using (var file = new JournalFile(_folder.FullName, 3)) file.Append(line);
        var (lines, unreadable) = JournalFile.Read(_folder.FullName, 3);
        Assert.Equal([0L, 1L], lines.Select(one => one.N));
        Assert.Equal(["11-1", "11-2"], lines[1].Ids!);
        Assert.Equal((1_234L, Wall, "lora", 40, 1_500L, 1), (lines[0].Ms, lines[0].At, lines[0].Link, lines[0].Bytes!.Value, lines[0].Air!.Value, unreadable));
    }

    [Fact]
    public void A_journal_never_grows_beyond_its_limit_and_keeps_the_newest()
    {
        const long part = 2_000;
        using (var file = new JournalFile(_folder.FullName, 1, part))
            for (var i = 0; i < 1_000; i++) file.Append(new JournalLine(0, i, Wall, JournalEvents.Begins));
        Assert.InRange(_folder.GetFiles().Sum(file => file.Length), part, JournalFile.Parts * part);
        var lines = JournalFile.Read(_folder.FullName, 1).Lines;
        Assert.Equal(999, lines[^1].N);
        Assert.True(lines[0].N > 0);
        Assert.Equal(Enumerable.Range((int)lines[0].N, lines.Count), lines.Select(line => (int)line.N));
    }

    [Fact]
    public void A_book_that_is_damaged_marks_nothing_and_stays_for_people()
    {
        var book = new ExerciseBook(_folder.FullName);
        Assert.NotNull(book.Start("Waterwolf", Wall));
        Assert.Null(book.Start("Andere", Wall));
        Assert.Equal("Waterwolf", new ExerciseBook(_folder.FullName).Current!.Name);
        File.WriteAllText(Path.Combine(book.Folder, "exercises.json"), "[{\"number\":1,");
        Assert.Null(new ExerciseBook(_folder.FullName).Current);
        Assert.True(File.Exists(Path.Combine(book.Folder, "exercises.json.damaged")));
    }

    [Theory]
    [InlineData("a folder")]
    [InlineData("a pipe")]
    [InlineData("a link to itself")]
    [InlineData("too long")]
    [InlineData("damaged, with a folder where it would be kept")]
    public async Task What_is_no_book_marks_nothing_makes_way_and_holds_nobody_up(string odd)
    {
        var folder = _folder.CreateSubdirectory("exercises").FullName;
        var path = Path.Combine(folder, "exercises.json");
        switch (odd)
        {
            case "a folder": Directory.CreateDirectory(Path.Combine(path, "x")); break;
            case "a pipe": NamedPipe.Make(path); break;
            case "a link to itself": File.CreateSymbolicLink(path, path); break;
            case "too long": OddFiles.Grow(path); break;
            default:
                await File.WriteAllTextAsync(path, "[");
                Directory.CreateDirectory(Path.Combine(path + ".damaged", "x"));
                break;
        }

        var book = await NamedPipe.WithoutWaitingAsync(() => new ExerciseBook(_folder.FullName));
        Assert.Empty(book.All);
        Assert.NotNull(book.Start("Waterwolf", Wall));
        Assert.Equal("Waterwolf", new ExerciseBook(_folder.FullName).Current!.Name);
        // What was there is there still, under another name.
        Assert.Equal(odd.StartsWith("damaged", StringComparison.Ordinal) ? 3 : 2, Directory.GetFileSystemEntries(folder).Length);
    }

    [Theory]
    [InlineData("exercises.json.next", "a folder")]
    [InlineData("exercises.json.next", "a pipe")]
    [InlineData("journal-1.jsonl", "a folder")]
    [InlineData("journal-1.jsonl", "a pipe")]
    [InlineData("journal-1.jsonl", "a link to itself")]
    [InlineData("journal-1.jsonl", "too long")]
    [InlineData("journal-1.1.jsonl", "a folder")]
    [InlineData("journal-1.1.jsonl", "a pipe")]
    public async Task What_stands_in_the_place_of_a_journal_makes_way(string name, string odd)
    {
        var path = Path.Combine(_folder.CreateSubdirectory("exercises").FullName, name);
        if (odd == "a folder") Directory.CreateDirectory(Path.Combine(path, "x"));
        else if (odd == "a pipe") NamedPipe.Make(path);
        else if (odd == "too long") OddFiles.Grow(path);
        else File.CreateSymbolicLink(path, path);
        var lines = await NamedPipe.WithoutWaitingAsync(() =>
        {
            var book = new ExerciseBook(_folder.FullName);
            book.Start("Waterwolf", Wall);
            using (var file = new JournalFile(book.Folder, 1, partBytes: 2_000))
                for (var i = 0; i < 100; i++) file.Append(new JournalLine(0, i, Wall, JournalEvents.Begins));
            return JournalFile.Read(book.Folder, 1).Lines;
        });
        Assert.Equal(99, lines[^1].N);
        Assert.True(lines.Count > 20, $"{lines.Count} lines were left");
    }

    [Fact]
    public void A_folder_of_exercises_that_is_none_makes_way_when_one_begins()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "exercises"), "x");
        var book = new ExerciseBook(_folder.FullName);
        Assert.Null(book.Current);
        Assert.NotNull(book.Start("Waterwolf", Wall));
        Assert.Equal("x", File.ReadAllText(Path.Combine(_folder.FullName, "exercises.aside-1")));
    }

    [Fact]
    public void Of_too_many_exercises_the_oldest_goes_with_its_journal()
    {
        var book = new ExerciseBook(_folder.FullName);
        for (var i = 1; i <= ExerciseBook.Most + 1; i++)
        {
            Assert.Equal(i, book.Start($"Oefening {i}", Wall.AddHours(i))!.Number);
            using (var file = new JournalFile(book.Folder, i)) file.Append(new JournalLine(0, 0, Wall, JournalEvents.Begins));
            Assert.NotNull(book.Stop(Wall.AddHours(i).AddMinutes(5)));
        }

        Assert.Equal((ExerciseBook.Most, 2), (book.All.Count, book.All[0].Number));
        Assert.Equal(ExerciseBook.Most, Directory.GetFiles(book.Folder, "journal-*.jsonl").Length);
        Assert.Null(book.Stop(Wall));
    }
}
