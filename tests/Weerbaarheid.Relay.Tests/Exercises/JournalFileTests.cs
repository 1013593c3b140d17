using Weerbaarheid.Relay.Exercises;

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
