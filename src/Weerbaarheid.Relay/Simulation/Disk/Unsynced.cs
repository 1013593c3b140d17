using Weerbaarheid.Relay.Links.Simulated;

namespace Weerbaarheid.Relay.Simulation.Disk;

/// <summary>
/// What was done since it was last synced, in order, with what was there before: from the end back, that gives what is
/// certainly on the platter; from there forward, any part of it may have got there as well.
/// </summary>
internal sealed class Unsynced
{
    private readonly List<Change> _changes = [];
    private byte[] _bytes = new byte[4096];
    private int _used;

    public int Count => _changes.Count;

    /// <summary>Notes a write that is about to be made.</summary>
    public void Write(SimulatedFile file, int at, ReadOnlySpan<byte> bytes)
    {
        var old = Keep(at < file.Size ? file.Content[at..Math.Min(file.Size, at + bytes.Length)] : []);
        _changes.Add(new Change(Kind.Write, file, at, Keep(bytes), old, file.Size));
    }

    /// <summary>Notes a new length that is about to be given.</summary>
    public void Resize(SimulatedFile file, int size) =>
        _changes.Add(new Change(Kind.Resize, file, size, default, Keep(size < file.Size ? file.Content[size..] : []), file.Size));

    public void Create(string name, SimulatedFile file) => _changes.Add(new Change(Kind.Create, file, Name: name));

    public void Delete(string name, SimulatedFile file) => _changes.Add(new Change(Kind.Delete, file, Name: name));

    public void Rename(string name, string to, SimulatedFile file) => _changes.Add(new Change(Kind.Rename, file, Name: name, To: to));

    /// <summary>What a file holds is on the platter.</summary>
    public void Sync(SimulatedFile file) => Drop(change => change.IsContent && ReferenceEquals(change.File, file));

    /// <summary>Which files there are is on the platter; what files held that are gone does not matter any more.</summary>
    public void SyncFolder(Dictionary<string, SimulatedFile> folder) =>
        Drop(change => !change.IsContent || !folder.ContainsValue(change.File));

    /// <summary>The oldest changes beyond so many got there by themselves.</summary>
    public void Age(int most)
    {
        if (_changes.Count > most) _changes.RemoveRange(0, _changes.Count - most);
        if (_used > 1 << 24) Compact();
    }

    /// <summary>Takes one file's content back to what is certainly there, and forgets its changes.</summary>
    public byte[] TakeBack(SimulatedFile file)
    {
        var shown = file.Content.ToArray();
        for (var i = _changes.Count - 1; i >= 0; i--)
            if (_changes[i].IsContent && ReferenceEquals(_changes[i].File, file)) Undo(_changes[i], null);
        var certain = file.Content.ToArray();
        file.Replace(shown);
        Sync(file);
        return certain;
    }

    /// <summary>The power went: goes back to what is certain, then lets a legal part of the changes through.</summary>
    public void Settle(Dictionary<string, SimulatedFile> folder, ref SplitMix64 random)
    {
        for (var i = _changes.Count - 1; i >= 0; i--) Undo(_changes[i], folder);
        var fate = new Fate(ref random, _changes.Count);
        for (var i = 0; i < _changes.Count; i++)
            if (fate.Keeps(i, ref random)) Redo(_changes[i], folder, fate.Damages ? fate : null, ref random);
        Clear();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _changes.Clear();
        _used = 0;
    }

    private void Undo(in Change change, Dictionary<string, SimulatedFile>? folder)
    {
        switch (change.Kind)
        {
            case Kind.Write:
                change.File.Resize(change.SizeBefore);
                change.File.Write(change.At, Bytes(change.Old));
                break;
            case Kind.Resize:
                var size = change.At;
                change.File.Resize(change.SizeBefore);
                if (change.Old.Length > 0) change.File.Write(size, Bytes(change.Old));
                break;
            case Kind.Create: folder?.Remove(change.Name!); break;
            case Kind.Delete: folder?[change.Name!] = change.File; break;
            case Kind.Rename:
                folder?.Remove(change.To!);
                folder?[change.Name!] = change.File;
                break;
        }
    }

    private void Redo(in Change change, Dictionary<string, SimulatedFile> folder, Fate? fate, ref SplitMix64 random)
    {
        switch (change.Kind)
        {
            case Kind.Write when fate is not null: fate.Write(change.File, change.At, Bytes(change.New), ref random); break;
            case Kind.Write: change.File.Write(change.At, Bytes(change.New)); break;
            case Kind.Resize: change.File.Resize(change.At); break;
            case Kind.Create: folder[change.Name!] = change.File; break;
            case Kind.Delete: folder.Remove(change.Name!); break;
            case Kind.Rename:
                folder.Remove(change.Name!);
                folder[change.To!] = change.File;
                break;
        }
    }

    private void Drop(Predicate<Change> done)
    {
        _changes.RemoveAll(done);
        if (_changes.Count == 0) _used = 0;
    }

    private Piece Keep(ReadOnlySpan<byte> bytes)
    {
        if (_used + bytes.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_used));
        var piece = new Piece(_used, bytes.Length);
        _used += bytes.Length;
        return piece;
    }

    private void Compact()
    {
        var (old, used) = (_bytes, 0);
        _bytes = new byte[old.Length];
        for (var i = 0; i < _changes.Count; i++)
        {
            var change = _changes[i];
            old.AsSpan(change.New.At, change.New.Length).CopyTo(_bytes.AsSpan(used));
            old.AsSpan(change.Old.At, change.Old.Length).CopyTo(_bytes.AsSpan(used + change.New.Length));
            _changes[i] = change with { New = change.New with { At = used }, Old = change.Old with { At = used + change.New.Length } };
            used += change.New.Length + change.Old.Length;
        }

        _used = used;
    }

    private ReadOnlySpan<byte> Bytes(Piece piece) => _bytes.AsSpan(piece.At, piece.Length);

    private enum Kind : byte
    {
        Write,
        Resize,
        Create,
        Delete,
        Rename,
    }

    private readonly record struct Piece(int At, int Length);

    private readonly record struct Change(
        Kind Kind, SimulatedFile File, int At = 0, Piece New = default, Piece Old = default, int SizeBefore = 0, string? Name = null,
        string? To = null)
    {
        public bool IsContent => Kind <= Kind.Resize;
    }
}
